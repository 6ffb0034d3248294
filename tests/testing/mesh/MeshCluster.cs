using System.Security.Cryptography;

namespace MailMesh.Testing;

/// <summary>A mesh of real processes on engines of its own test: so many copies of each service.</summary>
public sealed class MeshCluster : IAsyncDisposable
{
    /// <summary>Every service, in no order that matters.</summary>
    public static readonly IReadOnlyList<string> Services = ["ingress", "filtering", "storage", "access", "relay", "admin"];

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly List<MeshProcess> _processes = [];
    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private readonly Dictionary<string, string> _settings;

    private MeshCluster(MeshEngines engines, EngineAddresses? reach, IReadOnlyDictionary<string, string> settings)
    {
        Engines = engines;
        _settings = new Dictionary<string, string>(engines.SettingsBy(reach));
        foreach (var (name, value) in settings)
            _settings[name] = value;
    }

    public MeshEngines Engines { get; }

    /// <summary>Every process.</summary>
    public IReadOnlyList<MeshProcess> Processes => _processes;

    public IReadOnlyList<MeshProcess> Ingress => Copies("ingress");

    public IReadOnlyList<MeshProcess> Access => Copies("access");

    /// <summary>The first copy of the admin API.</summary>
    public MeshProcess Admin => Copies("admin")[0];

    /// <summary>An empty mesh, to which a test adds what it wants.</summary>
    /// <param name="addresses">The engines; those of tests/run where null.</param>
    /// <param name="reach">Where these answer to the services, such as proxies; the same where null.</param>
    /// <param name="settings">MAILMESH__… variables over those of the harness.</param>
    public static async Task<MeshCluster> CreateAsync(EngineAddresses? addresses = null, EngineAddresses? reach = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var defaults = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        defaults.TryAdd("MAILMESH__HOSTNAME", "mx.mesh.test");
        defaults.TryAdd("MAILMESH__INGRESS__FROMCHECK", "off"); // the sample messages come from anybody
        defaults.TryAdd("MAILMESH__DNS__SERVERS", (await NameServer.EmptyAsync()).Address);
        return new MeshCluster(await MeshEngines.CreateAsync(addresses), reach, defaults);
    }

    /// <summary>Starts so many copies of each service, all at once, and waits until each is ready.</summary>
    public static async Task<MeshCluster> StartAsync(
        int copies = 1, IEnumerable<string>? accounts = null, EngineAddresses? addresses = null, EngineAddresses? reach = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var mesh = await CreateAsync(addresses, reach, settings);
        try
        {
            for (var copy = 0; copy < copies; copy++)
            {
                foreach (var service in Services)
                    mesh.Add(service);
            }
            await mesh.ReadyAsync();
            await mesh.Admin.AddAccountsAsync(accounts ?? []);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more copy of a service, and waits for nothing.</summary>
    public MeshProcess Add(string service)
    {
        var process = new MeshProcess(service, _token, _settings);
        _processes.Add(process);
        process.Start();
        return process;
    }

    public IReadOnlyList<MeshProcess> Copies(string service) => [.. _processes.Where(process => process.Service == service)];

    /// <summary>Waits until every process is ready.</summary>
    public Task ReadyAsync() => Task.WhenAll(_processes.Select(process => process.ReadyAsync(StartLimit)));

    /// <summary>Runs a verb of the command line client against the mesh.</summary>
    public Task<CommandResult> CliAsync(params string[] arguments) => ExternalCommand.RunAsync(
        "dotnet",
        [Repository.Program("cli"), .. arguments],
        environment: new Dictionary<string, string> { ["MAILMESH_URL"] = Admin.Http.BaseAddress!.AbsoluteUri, ["MAILMESH_TOKEN"] = _token });

    /// <summary>What every process printed last, for a failure's message.</summary>
    public string Logs() => string.Join("\n\n", _processes.Select(process => $"== {process.Service} {process.Data}\n{process.Log}"));

    /// <summary>Kills every process, and leaves what they kept: for engines that go as a whole.</summary>
    public Task StopAsync() => Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Engines.DisposeAsync();
    }
}
