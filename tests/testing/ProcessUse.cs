using System.Globalization;

namespace MailMesh.Testing;

/// <summary>What a process has used so far, from /proc.</summary>
/// <param name="Cpu">User and system time of all its threads.</param>
/// <param name="ResidentBytes">Resident memory now.</param>
/// <param name="PeakResidentBytes">The most resident memory it ever had (VmHWM).</param>
public sealed record ProcessUse(TimeSpan Cpu, long ResidentBytes, long PeakResidentBytes)
{
    /// <summary>Linux counts times in ticks of USER_HZ, which is 100 on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static ProcessUse Of(int processId)
    {
        // The name in parentheses may have blanks: fields count from behind it. utime and stime are fields 14 and 15.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var status = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessUse(TimeSpan.FromSeconds(ticks / TicksPerSecond), Bytes(status, "VmRSS:"), Bytes(status, "VmHWM:"));
    }

    private static long Bytes(string[] status, string name)
    {
        var line = Array.Find(status, l => l.StartsWith(name, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"No {name} in /proc status.");
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
