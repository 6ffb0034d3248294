namespace MailMesh.Testing;

/// <summary>The three engines started by deploy/local/engine for one test alone, which stops, kills and pauses them.</summary>
public sealed class OwnEngines : IAsyncDisposable
{
    public const string RabbitMq = "rabbitmq";
    public const string Postgres = "postgres";
    public const string S3 = "s3";

    public static readonly IReadOnlyList<string> Names = [RabbitMq, Postgres, S3];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string Script = Path.Combine(Repository.Root, "deploy", "local", "engine");

    private readonly string _folder = Scratch.NewFolder("engines"); // by this name tests/run finds what a dead test process left
    private readonly int _port;

    private OwnEngines(int port) => _port = port;

    /// <summary>How to reach them, as their administrator.</summary>
    public EngineAddresses Addresses { get; private set; } = null!;

    /// <param name="durable">What is committed outlives kill -9 of an engine; false where a test does not look at that, and wants to start sooner.</param>
    public static async Task<OwnEngines> StartAsync(bool durable)
    {
        var engines = new OwnEngines(ServerPorts.FindBlock(40));
        try
        {
            await Task.WhenAll(Names.Select(name => engines.RunAsync("up", name, ["--port", $"{engines._port}", .. durable ? Array.Empty<string>() : ["--fast"]])));
            engines.Addresses = await engines.ReadAddressesAsync();
            return engines;
        }
        catch
        {
            await engines.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an engine again on its data, and waits until it serves.</summary>
    public Task UpAsync(string engine) => RunAsync("up", engine);

    /// <summary>Stops an engine in order.</summary>
    public Task DownAsync(string engine) => RunAsync("down", engine);

    /// <summary>SIGKILL to every process of it.</summary>
    public Task KillAsync(string engine) => RunAsync("kill", engine);

    /// <summary>SIGSTOP to every process of it.</summary>
    public Task PauseAsync(string engine) => RunAsync("pause", engine);

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync(string engine) => RunAsync("resume", engine);

    /// <summary>The ids of its processes at this moment.</summary>
    public async Task<IReadOnlyList<int>> ProcessesAsync(string engine) =>
        [.. (await RunAsync("pids", engine)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>What each of them says of itself, a line an engine, for a failure's message.</summary>
    public async Task<string> StatusAsync() => (await ExternalCommand.RunAsync(Script, ["status", "--dir", _folder], limit: Limit)).Text;

    public async ValueTask DisposeAsync() => await Task.WhenAll(Names.Select(KillAsync));

    private async Task<CommandResult> RunAsync(string verb, string engine, IReadOnlyList<string>? options = null) =>
        (await ExternalCommand.RunAsync(Script, [verb, engine, "--dir", _folder, .. options ?? []], limit: Limit)).Expect();

    private async Task<EngineAddresses> ReadAddressesAsync()
    {
        var said = (await ExternalCommand.RunAsync(Script, ["env", "--tests", "--dir", _folder])).Expect().Text;
        var values = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));
        return EngineAddresses.From(name => values[name]);
    }
}
