using System.Diagnostics;
using System.Text;

namespace MailMesh.Testing;

/// <summary>Runs programs that we did not write, with a time-out, and keeps what they say.</summary>
public static class ExternalCommand
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Name on the path, or a path.</param>
    /// <param name="arguments">Arguments, each as the program gets it.</param>
    /// <param name="input">Standard input; nothing where null.</param>
    /// <param name="environment">Variables added to ours.</param>
    /// <param name="limit">Killed past it; <see cref="Wait.Long"/> where null.</param>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Start(start);
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var error = process.StandardError.ReadToEndAsync();
        await FeedAsync(process, input);
        using var expiry = new CancellationTokenSource(limit ?? Wait.Long);
        try
        {
            await process.WaitForExitAsync(expiry.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await Task.WhenAll(reading, error);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end in {(limit ?? Wait.Long).TotalSeconds} s.\n{Encoding.UTF8.GetString(output.ToArray())}\n{await error}");
        }
        await Task.WhenAll(reading, error);
        return new CommandResult($"{program} {string.Join(' ', start.ArgumentList)}", process.ExitCode, output.ToArray(), await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be run ({failure.Message}); tests/run installs what the tests need.", failure);
        }
    }

    private static async Task FeedAsync(Process process, byte[]? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input: its exit code tells why.
        }
    }
}

/// <summary>What a program said and how it ended.</summary>
public sealed record CommandResult(string Command, int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Itself, when it ended as expected.</summary>
    /// <exception cref="InvalidOperationException">It ended otherwise; the message has its output.</exception>
    public CommandResult Expect(int exitCode = 0) =>
        ExitCode == exitCode ? this : throw new InvalidOperationException($"{Command}\nended with {ExitCode}, not {exitCode}:\n{Text}\n{Error}");
}
