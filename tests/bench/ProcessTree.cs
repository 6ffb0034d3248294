using System.Globalization;

namespace MailMesh.Bench;

/// <summary>What processes and all below them have used, those that have ended included.</summary>
internal static class ProcessTree
{
    /// <summary>USER_HZ on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Every process counts what it used itself and what its ended children had used: each tick counts once.</summary>
    public static TimeSpan Cpu(IEnumerable<int> roots) =>
        TimeSpan.FromSeconds(Members(roots).Sum(member => member.Ticks) / TicksPerSecond);

    public static long MemoryBytes(IEnumerable<int> roots) => Members(roots).Sum(member => Pss(member.Id));

    private static List<Member> Members(IEnumerable<int> roots)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture)))
            .OfType<Member>().ToList();
        var wanted = roots.ToHashSet();
        int before;
        do
        {
            before = wanted.Count;
            wanted.UnionWith(all.Where(member => wanted.Contains(member.Parent)).Select(member => member.Id));
        }
        while (wanted.Count > before);
        return all.FindAll(member => wanted.Contains(member.Id));
    }

    private static Member? Read(int id)
    {
        try
        {
            // Behind the name: state is field 3, the parent 4, utime, stime, cutime and cstime 14 to 17.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new Member(id, int.Parse(fields[1], CultureInfo.InvariantCulture), Enumerable.Range(11, 4).Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            return null; // it has ended
        }
    }

    private static long Pss(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/smaps_rollup").First(text => text.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(4).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0;
        }
    }

    private sealed record Member(int Id, int Parent, long Ticks);
}
