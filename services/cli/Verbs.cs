using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>Adds verbs to the command line, at its top or in a branch.</summary>
public sealed class Verbs
{
    private readonly IConfigurator? _top;
    private readonly IConfigurator<CommandSettings>? _branch;
    private readonly Terminal _terminal;

    public Verbs(IConfigurator top, Terminal terminal) => (_top, _terminal) = (top, terminal);

    public Verbs(IConfigurator<CommandSettings> branch, Terminal terminal) => (_branch, _terminal) = (branch, terminal);

    /// <param name="run">The verb; gives the exit code.</param>
    public Verbs Add<TSettings>(string name, string description, Func<ServerSession, TSettings, CancellationToken, Task<int>> run)
        where TSettings : ServerSettings
    {
        var command = _branch is not null
            ? _branch.AddAsyncDelegate<TSettings>(name, (_, settings, cancel) => RunAsync(run, settings, cancel))
            : _top!.AddAsyncDelegate<TSettings>(name, (_, settings, cancel) => RunAsync(run, settings, cancel));
        command.WithDescription(description);
        return this;
    }

    private async Task<int> RunAsync<TSettings>(Func<ServerSession, TSettings, CancellationToken, Task<int>> run, TSettings settings, CancellationToken cancel)
        where TSettings : ServerSettings
    {
        var client = new AdminClient(ServerAddress.Find(settings, _terminal.Environment));
        using var session = new ServerSession(client, new Output(_terminal, settings.Json), _terminal);
        return await run(session, settings, cancel);
    }
}
