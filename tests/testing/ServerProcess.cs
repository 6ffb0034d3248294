using System.Diagnostics;

namespace MailMesh.Testing;

/// <summary>A built program of ours as a real process that can be started again, killed, stopped and paused.</summary>
/// <param name="program">Folder name of the service, such as 'standalone'.</param>
public sealed class ServerProcess(string program)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly ServerLog _log = new();
    private Process? _process;

    public int Id => (_process ?? throw new InvalidOperationException($"{program} does not run.")).Id;

    public bool HasExited => _process?.HasExited ?? true;

    /// <summary>Null while it runs or was never started.</summary>
    public int? ExitCode => _process is { HasExited: true } ended ? ended.ExitCode : null;

    /// <summary>The end of what it printed, over all its starts.</summary>
    public string Log => _log.ToString();

    /// <summary>Starts it, and waits for nothing.</summary>
    /// <param name="line">Called with each line of standard output.</param>
    public void Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment, Action<string> line)
    {
        if (!HasExited)
            throw new InvalidOperationException($"{program} runs already.");
        var start = new ProcessStartInfo("dotnet", [Repository.Program(program), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        Scratch.NoteProcess(_process.Id);
        _process.StandardInput.Close();
        _log.Follow(_process, line);
    }

    /// <summary>Ends with the process.</summary>
    public Task WaitForExitAsync() => (_process ?? throw new InvalidOperationException($"{program} does not run.")).WaitForExitAsync();

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
        Signal.Send(Id, Signal.Terminate);
        using var expiry = new CancellationTokenSource(StopLimit);
        var process = _process!;
        try
        {
            await process.WaitForExitAsync(expiry.Token);
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{program} still runs {StopLimit.TotalSeconds} s after SIGTERM:\n{Log}");
        }
        var code = process.ExitCode;
        Forget(process);
        if (code != 0)
            throw new InvalidOperationException($"{program} ended with {code} after SIGTERM:\n{Log}");
    }

    private void Forget(Process process)
    {
        Scratch.ForgetProcess(process.Id);
        process.Dispose();
        _process = null;
    }
}
