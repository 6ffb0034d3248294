using MailMesh.Fuzz;
using SharpFuzz;

if (args.Length == 0 || !FuzzTarget.All.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"MailMesh.Fuzz TARGET [FILE]...: fuzzes under afl-fuzz, or replays files. Targets: {string.Join(' ', FuzzTarget.All.Keys.Order())}");
    return 2;
}
if (args.Length == 1)
{
    Fuzzer.OutOfProcess.Run(stream => target(ReadAll(stream)));
    return 0;
}
foreach (var file in args[1..])
    target(File.ReadAllBytes(file));
return 0;

static byte[] ReadAll(Stream stream)
{
    using var octets = new MemoryStream();
    stream.CopyTo(octets);
    return octets.ToArray();
}
