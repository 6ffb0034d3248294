using MailMesh.Bench;

try
{
    var options = BenchOptions.Parse(args);
    var report = new Report(options);
    await using (var mesh = await MailMeshSystem.StartAsync(options.Accounts))
        await report.MeasureAsync(mesh);
    if (options.Peer && PostfixDovecot.IsInstalled)
    {
        await using var peer = await PostfixDovecot.StartAsync(options.Accounts);
        await report.MeasureAsync(peer);
    }
    report.PrintRatio();
    return 0;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
