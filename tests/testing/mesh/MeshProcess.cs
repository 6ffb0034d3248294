using System.Net;

namespace MailMesh.Testing;

/// <summary>One copy of a service as a process of its own, on ports and in a folder of its own.</summary>
public sealed class MeshProcess : MailServer, IAsyncDisposable
{
    private readonly string _token;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly ServerProcess _process;

    /// <param name="service">ingress, filtering, storage, access, relay, admin or standalone.</param>
    /// <param name="token">Of the admin API of the mesh.</param>
    /// <param name="settings">MAILMESH__… of the engines and all else.</param>
    public MeshProcess(string service, string token, IReadOnlyDictionary<string, string> settings)
        : base(ServerPorts.Find(), Scratch.NewFolder(service))
    {
        Service = service;
        _token = token;
        _settings = settings;
        _process = new ServerProcess(service);
    }

    public string Service { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it printed, over all its starts.</summary>
    public string Log => _process.Log;

    /// <summary>Starts the process on the same folder and ports, and waits for nothing.</summary>
    public void Start()
    {
        KeyValuePair<string, string>[] own = [new("MAILMESH__DATA", Data), new("MAILMESH__ADMIN__TOKEN", _token)];
        _process.Start(Service == "standalone" ? ["serve"] : [], [.. Ports.Settings, .. own, .. _settings], _ => { });
    }

    /// <summary>Waits until its readiness answers 200.</summary>
    /// <exception cref="InvalidOperationException">It ended.</exception>
    public async Task ReadyAsync(TimeSpan? limit = null)
    {
        try
        {
            await Wait.UntilAsync($"{Service} is ready", IsReadyAsync, limit);
        }
        catch (TimeoutException failure)
        {
            throw new InvalidOperationException($"{failure.Message}\n{await TellAsync()}", failure);
        }
    }

    /// <summary>Waits until its readiness answers 503 with a word in its body.</summary>
    public Task NotReadyAsync(string word, TimeSpan? limit = null) => Wait.UntilAsync(
        $"{Service} is not ready and names {word}",
        async () =>
        {
            using var answer = await Http.GetAsync(new Uri("health/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable && (await answer.Content.ReadAsStringAsync()).Contains(word, StringComparison.OrdinalIgnoreCase);
        },
        limit);

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGTERM; the service drains and must end with 0.</summary>
    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
    }

    protected override Task<string> TokenAsync() => Task.FromResult(_token);

    private async Task<bool> IsReadyAsync()
    {
        if (HasExited)
            throw new TimeoutException($"{Service} has ended.");
        using var answer = await Http.GetAsync(new Uri("health/ready", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    private async Task<string> TellAsync()
    {
        try
        {
            return $"{await (await Http.GetAsync(new Uri("health/ready", UriKind.Relative))).Content.ReadAsStringAsync()}\n{Log}";
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return $"{failure.Message}\n{Log}";
        }
    }
}
