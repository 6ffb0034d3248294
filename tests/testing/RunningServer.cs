namespace MailMesh.Testing;

/// <summary>The built standalone as a real process, on ports and in a folder of its own.</summary>
public sealed class RunningServer : MailServer, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private const int MostTries = 5;

    private readonly ServerOptions _options;
    private readonly ServerProcess _process = new("standalone");

    private RunningServer(ServerOptions options)
        : base(ServerPorts.Find(), options.Data ?? Scratch.NewFolder("server"))
    {
        _options = options;
    }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it printed, over all its starts.</summary>
    public string Log => _process.Log;

    /// <summary>Starts it and waits for the line that says it is ready.</summary>
    public static async Task<RunningServer> StartAsync(ServerOptions? options = null)
    {
        for (var tries = 1; ; tries++)
        {
            var server = new RunningServer(options ?? new ServerOptions());
            try
            {
                await server.StartAgainAsync();
                await server.AddAccountsAsync(server._options.Accounts);
                return server;
            }
            catch (InvalidOperationException failure) when (tries < MostTries && failure.Message.Contains(" in use", StringComparison.Ordinal))
            {
                await server.DisposeAsync(); // somebody took a port between our look and the start
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts the process on the same folder and ports.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        KeyValuePair<string, string>[] defaults =
        [
            .. Ports.Settings,
            new("MAILMESH__HOSTNAME", _options.Hostname),
            new("MAILMESH__INGRESS__FROMCHECK", "off"), // the sample messages come from anybody
            new("MAILMESH__DNS__SERVERS", (await NameServer.EmptyAsync()).Address),
        ];
        _process.Start(["serve", "--data", Data], defaults.Concat(_options.Environment), line =>
        {
            if (line == "MailMesh is ready")
                ready.TrySetResult();
        });
        if (await Task.WhenAny(ready.Task, _process.WaitForExitAsync(), Task.Delay(StartLimit)) != ready.Task)
            throw new InvalidOperationException($"The server {(_process.ExitCode is { } code ? $"ended with {code}" : $"was not ready in {StartLimit.TotalSeconds} s")}:\n{Log}");
    }

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGHUP: the server reads its certificates anew.</summary>
    public void HangUp() => Signal.Send(ProcessId, Signal.HangUp);

    /// <summary>SIGTERM; the server drains and must end with 0.</summary>
    /// <exception cref="InvalidOperationException">It ended otherwise, or not in time.</exception>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Runs a verb of the command line client against this server, as its user would.</summary>
    public Task<CommandResult> CliAsync(params string[] arguments) =>
        ExternalCommand.RunAsync("dotnet", [Repository.Program("cli"), .. arguments, "--data", Data]);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
    }
}
