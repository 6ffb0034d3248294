using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Measures one system after the other and prints a line for each.</summary>
internal sealed class Report(BenchOptions options)
{
    /// <summary>What CPU our processes may use for a message in the mesh: docs/decisions/0003.</summary>
    private static readonly TimeSpan MeshBudget = TimeSpan.FromMilliseconds(2.5);

    private readonly List<(IMailSystem System, double Figure)> _figures = [];
    private readonly List<(IMailSystem System, string Load, AccessResult Result)> _access = [];

    public async Task MeasureAsync(IMailSystem system)
    {
        if (options.Idle)
        {
            var octets = await Idle.MeasureAsync(system, options);
            _figures.Add((system, octets));
            Say($"{system.Name,-20} {octets / 1024.0,8:F1} KiB an idle IMAP connection{(options.Tls ? " under TLS" : "")} ({options.Connections} of them)");
            return;
        }
        if (options.Access)
        {
            await MeasureAccessAsync(system);
            return;
        }
        if (options.Push)
        {
            await MeasurePushAsync(system);
            return;
        }
        if (_figures.Count == 0)
        {
            Say($"{options.Messages} messages of {options.Octets} octets, {options.Connections} connections, {options.Accounts} accounts, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            Say($"{"",-20} {"accepted/s",10} {"delivered/s",11} {"p50 ms",8} {"p99 ms",8} {"CPU ms/message",14}");
        }
        var result = await new Load(system, options).RunAsync();
        _figures.Add((system, result.Delivered));
        Say($"{system.Name,-20} {result.Accepted,10:F0} {result.Delivered,11:F0} {result.Median.TotalMilliseconds,8:F1} {result.NinetyNinth.TotalMilliseconds,8:F1} {result.CpuPerMessage.TotalMilliseconds,14:F2}");
        if (result.CpuOfParts.Count > 0)
            SayParts(result.CpuOfParts);
    }

    /// <summary>Each system takes the same loads, one system after the other in one run.</summary>
    public async Task MeasureAcceptAsync()
    {
        Say($"{options.Messages} messages of {options.Octets} octets over {options.Connections} connections, {options.Large} of 25 MiB over {AcceptLoad.LargeConnections}, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        Say($"{"",-20} {"load",-16} {"accepted/s",10} {"delivered/s",11} {"p50 ms",8} {"p99 ms",8} {"CPU ms/message",14} {"allocated KiB/message",22}");
        var ours = new Dictionary<string, LoadResult>();
        await using (var standalone = await MailMeshSystem.StartAsync(options.Accounts))
            await MeasureAcceptAsync(standalone, (load, result) => ours[load] = result);
        if (!options.Peer || !PostfixDovecot.IsInstalled)
        {
            Say("Postfix and Dovecot were not measured: they are not installed, or --no-peer was given.");
            return;
        }
        await using var peer = await PostfixDovecot.StartAsync(options.Accounts);
        await MeasureAcceptAsync(peer, (load, result) => Say($"Ratio of accepted messages a second, {load}, MailMesh to {peer.Name}: {ours[load].Accepted / result.Accepted:F1}"));
    }

    /// <summary>Ours alone: Postfix has a process for each connection, and a thousand of them would be another measurement.</summary>
    public async Task MeasureIdleSmtpAsync()
    {
        await using var system = await MailMeshSystem.StartAsync(1);
        var idle = await IdleSmtp.MeasureAsync(system.Server, options.Tls, options.Connections);
        Say($"{system.Name,-20} {idle.Bytes / 1048576.0,8:F1} MiB with {options.Connections} idle SMTP connections{(options.Tls ? " under TLS" : "")}, {idle.BytesPerConnection / 1024.0:F1} KiB each");
    }

    /// <summary>Ours alone: a line a size, each in a mailbox of its own.</summary>
    public async Task MeasureGrowthAsync()
    {
        const int Smallest = 1000;
        await using var system = await MailMeshSystem.StartAsync((int)Math.Log10(Math.Max(Smallest, options.Messages)) - 2);
        Say($"Milliseconds, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}: {string.Join(" | ", Growth.Columns)}");
        var account = 0;
        for (long messages = Smallest; messages <= options.Messages; messages *= 10)
        {
            var figures = await new Growth(system).MeasureAsync(account++, (int)messages);
            Say($"{messages,10}: {string.Join(" | ", figures.Select(figure => $"{figure:F1}"))}");
        }
    }

    public void PrintRatio()
    {
        if (options.Push)
            return; // ours alone
        if (options.Access)
        {
            PrintAccessRatios();
            return;
        }
        if (_figures.FirstOrDefault(figure => figure.System is PostfixDovecot) is not { System: { } peer, Figure: var reference })
        {
            Say("Postfix and Dovecot were not measured: they are not installed, or --no-peer was given.");
            return;
        }
        foreach (var (system, figure) in _figures.Where(figure => figure.System != peer))
            Say(options.Idle ? $"Ratio of memory, {peer.Name} to {system.Name}: {reference / figure:F1}" : $"Ratio of delivered messages a second, {system.Name} to {peer.Name}: {figure / reference:F2}");
        if (_figures.Where(figure => figure.System is MeshSystem).ToList() is { Count: > 1 } copies)
            Say($"Delivered rate with {options.Copies} copies of each service to that with one, on the same machine: {copies[^1].Figure / copies[0].Figure:F2}");
    }

    private async Task MeasurePushAsync(IMailSystem system)
    {
        var times = await new Push(system, options).MeasureAsync();
        Say($"{system.Name,-20} from 250 to EXISTS, {options.Connections} connections wait by IDLE and NOTIFY, {times.Length} are told: "
            + $"p50 {times[times.Length / 2].TotalMilliseconds:F1} ms, p99 {times[times.Length * 99 / 100].TotalMilliseconds:F1} ms, longest {times[^1].TotalMilliseconds:F1} ms, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    }

    private async Task MeasureAccessAsync(IMailSystem system)
    {
        if (_access.Count == 0)
        {
            Say($"{options.Messages} rounds, {options.Sessions} login sessions, {options.Accounts} accounts, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            Say($"{"",-20} {"load",-16} {"a second",10} {"CPU ms each",12}");
        }
        await foreach (var (load, result) in new AccessLoad(system, options).RunAsync())
        {
            Say($"{system.Name,-20} {load,-16} {result.Rate,10:F0} {result.Cpu.TotalMilliseconds,12:F3}");
            _access.Add((system, load, result));
        }
    }

    private void PrintAccessRatios()
    {
        foreach (var (peer, load, reference) in _access.Where(figure => figure.System is PostfixDovecot))
        {
            foreach (var (system, _, result) in _access.Where(figure => figure.System != peer && figure.Load == load))
                Say($"Ratio of {load} a second, {system.Name} to {peer.Name}: {result.Rate / reference.Rate:F1}");
        }
    }

    private async Task MeasureAcceptAsync(IMailSystem system, Action<string, LoadResult> measured)
    {
        await foreach (var (load, result) in new AcceptLoad(system, options).RunAsync())
        {
            var allocated = result.AllocatedPerMessage is { } octets ? $"{octets / 1024.0:F1}" : "-";
            Say($"{system.Name,-20} {load,-16} {result.Accepted,10:F1} {result.Delivered,11:F1} {result.Median.TotalMilliseconds,8:F1} {result.NinetyNinth.TotalMilliseconds,8:F1} {result.CpuPerMessage.TotalMilliseconds,14:F2} {allocated,22}");
            measured(load, result);
        }
    }

    private static void SayParts(IReadOnlyDictionary<string, TimeSpan> parts)
    {
        Say($"{"",-20} CPU ms/message: {string.Join(", ", parts.Select(part => $"{part.Key} {part.Value.TotalMilliseconds:F2}"))}");
        var ours = TimeSpan.FromTicks(parts.Where(part => MeshCluster.Services.Contains(part.Key)).Sum(part => part.Value.Ticks));
        Say($"{"",-20} our processes together {ours.TotalMilliseconds:F2} of {MeshBudget.TotalMilliseconds:F1} allowed, engines {parts.Where(part => OwnEngines.Names.Contains(part.Key)).Sum(part => part.Value.TotalMilliseconds):F2}");
    }

    private static void Say(string line) => Console.WriteLine(line);
}
