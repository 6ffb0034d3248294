using System.Diagnostics;

namespace MailMesh.Testing;

/// <summary>The built standalone as a real process, on ports and in a folder of its own.</summary>
public sealed class RunningServer : MailServer, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private const int MostTries = 5;

    private readonly ServerOptions _options;
    private readonly ServerLog _log = new();
    private Process? _process;

    private RunningServer(ServerOptions options)
        : base(ServerPorts.Find(), options.Data ?? Scratch.NewFolder("server"))
    {
        _options = options;
    }

    public int ProcessId => (_process ?? throw new InvalidOperationException("The server does not run.")).Id;

    public bool HasExited => _process?.HasExited ?? true;

    /// <summary>The end of what it printed, over all its starts.</summary>
    public string Log => _log.ToString();

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
        if (!HasExited)
            throw new InvalidOperationException("The server runs already.");
        var start = new ProcessStartInfo("dotnet", [Repository.Program("standalone"), "serve", "--data", Data])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Ports.Settings)
            start.Environment[name] = value;
        start.Environment["MAILMESH__HOSTNAME"] = _options.Hostname;
        start.Environment["MAILMESH__DNS__SERVERS"] = (await NameServer.EmptyAsync()).Address;
        foreach (var (name, value) in _options.Environment)
            start.Environment[name] = value;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        _process = process;
        Scratch.NoteProcess(process.Id);
        process.StandardInput.Close();
        _log.Follow(process, line =>
        {
            if (line == "MailMesh is ready")
                ready.TrySetResult();
        });
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, ended, Task.Delay(StartLimit)) != ready.Task)
            throw new InvalidOperationException($"The server {(process.HasExited ? $"ended with {process.ExitCode}" : $"was not ready in {StartLimit.TotalSeconds} s")}:\n{Log}");
    }

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        Forget(process);
    }

    /// <summary>SIGTERM; the server drains and must end with 0.</summary>
    /// <exception cref="InvalidOperationException">It ended otherwise, or not in time.</exception>
    public async Task StopAsync()
    {
        var process = _process ?? throw new InvalidOperationException("The server does not run.");
        Signal.Send(process.Id, Signal.Terminate);
        using var expiry = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(expiry.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"The server still runs {StopLimit.TotalSeconds} s after SIGTERM:\n{Log}");
        }
        var code = process.ExitCode;
        Forget(process);
        if (code != 0)
            throw new InvalidOperationException($"The server ended with {code} after SIGTERM:\n{Log}");
    }

    /// <summary>Runs a verb of the command line client against this server, as its user would.</summary>
    public Task<CommandResult> CliAsync(params string[] arguments) =>
        ExternalCommand.RunAsync("dotnet", [Repository.Program("cli"), .. arguments, "--data", Data]);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
    }

    private void Forget(Process process)
    {
        Scratch.ForgetProcess(process.Id);
        process.Dispose();
        _process = null;
    }
}
