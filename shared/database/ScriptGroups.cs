using System.Diagnostics;
using MailMesh.Batching;

namespace MailMesh.Database;

/// <summary>Scripts of all callers on their way to PostgreSQL: those that came while a group was on its way are the next one.</summary>
internal sealed class ScriptGroups : IAsyncDisposable
{
    /// <summary>Scripts in a group: what fails together is to stay small.</summary>
    private const int MaxGroup = 64;

    /// <summary>Past this a caller is better off with a refusal than with its place in the queue.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly GroupCommit<ScriptCall, bool> _groups;
    private readonly Func<IReadOnlyList<ScriptCall>, Task> _run;

    /// <param name="run">Runs all of them, or fails.</param>
    /// <param name="pace">Least time between the starts of two groups; a script that comes after a pause waits for nobody.</param>
    public ScriptGroups(Func<IReadOnlyList<ScriptCall>, Task> run, TimeSpan pace = default)
    {
        _run = run;
        _groups = new GroupCommit<ScriptCall, bool>(RunAsync, MaxGroup, splits: false, pace: pace);
    }

    /// <exception cref="DatabaseBusyException">It did not come to its turn.</exception>
    /// <exception cref="GroupUndoneException">Nothing was done; it is to be run by itself.</exception>
    public async Task AddAsync(ScriptCall call)
    {
        if (!await _groups.AddAsync(call))
            throw new DatabaseBusyException(1);
    }

    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    /// <returns>Of each, whether it came to its turn in time.</returns>
    private async Task<IReadOnlyList<bool>> RunAsync(IReadOnlyList<ScriptCall> calls)
    {
        var inTime = calls.Select(call => Stopwatch.GetElapsedTime(call.AddedAt) < Patience).ToArray();
        var due = calls.Where((_, i) => inTime[i]).OrderBy(call => call.Turn).ToList();
        if (due.Count > 0)
            await _run(due);
        return inTime;
    }
}
