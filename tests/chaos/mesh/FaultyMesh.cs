using MailMesh.Testing;

namespace MailMesh.Chaos.Tests.Mesh;

/// <summary>A mesh of one copy of each service on engines of its own, each behind a proxy that can be slow or refuse.</summary>
public sealed class FaultyMesh : IAsyncLifetime
{
    public const string Account = "ann@mesh.test";

    private readonly Dictionary<string, TcpProxy> _proxies = [];
    private OwnEngines? _engines;
    private MeshCluster? _mesh;
    private bool _suspect;

    public OwnEngines Engines => _engines ?? throw new InvalidOperationException("The engines have not been started.");

    public MeshCluster Mesh => _mesh ?? throw new InvalidOperationException("The mesh has not been started.");

    public TcpProxy Proxy(string engine) => _proxies[engine];

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return; // every test is skipped
        _engines = await OwnEngines.StartAsync(durable: true);
        var direct = _engines.Addresses;
        _proxies[OwnEngines.RabbitMq] = TcpProxy.To(direct.RabbitMq.Port);
        _proxies[OwnEngines.Postgres] = TcpProxy.To(direct.PostgresPort);
        _proxies[OwnEngines.S3] = TcpProxy.To(direct.S3.Port);
        _mesh = await MeshCluster.StartAsync(
            accounts: [Account], addresses: direct, reach: direct.Through(_proxies[OwnEngines.RabbitMq].Port, _proxies[OwnEngines.Postgres].Port, _proxies[OwnEngines.S3].Port));
    }

    /// <summary>Runs a test. After one that failed the engines and the mesh are started anew first, so that what it left behind fails no other.</summary>
    /// <returns>Whether they were.</returns>
    public async Task<bool> RunAsync(Func<Task> test)
    {
        var renewed = _suspect;
        if (renewed)
            await RenewAsync();
        _suspect = true;
        await test();
        _suspect = false;
        return renewed;
    }

    public async Task DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
            proxy.Pass();
        if (_mesh is { } mesh)
            await mesh.StopAsync(); // its engines go as a whole
        foreach (var proxy in _proxies.Values)
            await proxy.DisposeAsync();
        if (_engines is { } engines)
            await engines.DisposeAsync();
    }

    private async Task RenewAsync()
    {
        foreach (var proxy in _proxies.Values)
        {
            proxy.Pass();
            proxy.Delay(TimeSpan.Zero);
        }
        await Task.WhenAll(Mesh.Processes.Select(process => process.KillAsync()));
        await Task.WhenAll(OwnEngines.Names.Select(async engine =>
        {
            await Engines.KillAsync(engine);
            await Engines.UpAsync(engine);
        }));
        foreach (var process in Mesh.Processes)
            process.Start();
        await Mesh.ReadyAsync();
    }
}
