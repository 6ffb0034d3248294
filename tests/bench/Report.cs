namespace MailMesh.Bench;

/// <summary>Measures one system after the other and prints a line for each.</summary>
internal sealed class Report(BenchOptions options)
{
    private readonly List<double> _figures = [];

    public async Task MeasureAsync(IMailSystem system)
    {
        if (options.Idle)
        {
            var octets = await Idle.MeasureAsync(system, options.Connections, options.Accounts);
            _figures.Add(octets);
            Say($"{system.Name,-16} {octets / 1024.0,8:F1} KiB an idle IMAP connection ({options.Connections} of them)");
            return;
        }
        if (_figures.Count == 0)
        {
            Say($"{options.Messages} messages of {options.Octets} octets, {options.Connections} connections, {options.Accounts} accounts, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            Say($"{"",-16} {"accepted/s",10} {"delivered/s",11} {"p50 ms",8} {"p99 ms",8} {"CPU ms/message",14}");
        }
        var result = await new Load(system, options).RunAsync();
        _figures.Add(result.Delivered);
        Say($"{system.Name,-16} {result.Accepted,10:F0} {result.Delivered,11:F0} {result.Median.TotalMilliseconds,8:F1} {result.NinetyNinth.TotalMilliseconds,8:F1} {result.CpuPerMessage.TotalMilliseconds,14:F2}");
    }

    public void PrintRatio()
    {
        if (_figures.Count == 2)
            Say(options.Idle ? $"Ratio of memory: {_figures[1] / _figures[0]:F1}" : $"Ratio of delivered messages a second: {_figures[0] / _figures[1]:F1}");
        else
            Say("Postfix and Dovecot were not measured: they are not installed, or --no-peer was given.");
    }

    private static void Say(string line) => Console.WriteLine(line);
}
