using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Our services as processes of their own, so many copies of each, on engines that keep what they took, as everybody's do.</summary>
internal sealed class MeshSystem : IMailSystem
{
    private readonly OwnEngines _engines;
    private readonly MeshCluster _mesh;
    private readonly Dictionary<string, IReadOnlyList<int>> _engineProcesses = [];

    private MeshSystem(OwnEngines engines, MeshCluster mesh, int copies)
    {
        _engines = engines;
        _mesh = mesh;
        Name = $"MailMesh, {copies} of each";
    }

    public string Name { get; }

    public IReadOnlyList<int> SmtpPorts => [.. _mesh.Ingress.Select(ingress => ingress.Ports.Smtp)];

    public IReadOnlyList<int> ImapPorts => [.. _mesh.Access.Select(access => access.Ports.Imap)];

    public string Password => MailServer.Password;

    public static async Task<MeshSystem> StartAsync(int copies, int accounts)
    {
        var engines = await OwnEngines.StartAsync(durable: true);
        try
        {
            var mesh = await MeshCluster.StartAsync(copies, Enumerable.Range(0, accounts).Select(Address), engines.Addresses);
            var system = new MeshSystem(engines, mesh, copies);
            foreach (var engine in OwnEngines.Names)
                system._engineProcesses[engine] = await engines.ProcessesAsync(engine);
            return system;
        }
        catch
        {
            await engines.DisposeAsync();
            throw;
        }
    }

    public string Account(int number) => Address(number);

    public Task<ImapWire> LoginAsync(int account, bool tls = true) => ImapWire.LoginAsync(_mesh.Access[account % _mesh.Access.Count], Address(account), tls: tls);

    public TimeSpan Cpu() => ProcessTree.Cpu([.. _mesh.Processes.Select(process => process.ProcessId), .. _engineProcesses.Values.SelectMany(ids => ids)]);

    public IReadOnlyDictionary<string, TimeSpan> CpuOfParts()
    {
        var parts = _mesh.Processes.GroupBy(process => process.Service).ToDictionary(service => service.Key, service => ProcessTree.Cpu(service.Select(process => process.ProcessId)));
        foreach (var (engine, ids) in _engineProcesses)
            parts[engine] = ProcessTree.Cpu(ids);
        return parts;
    }

    public long MemoryBytes() => ProcessTree.MemoryBytes(_mesh.Processes.Select(process => process.ProcessId));

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _engines.DisposeAsync();
    }

    private static string Address(int number) => $"u{number}@bench.test";
}
