using System.Data.Common;
using System.Diagnostics;

namespace MailMesh.Database;

/// <summary>A script that waits for the group it goes with.</summary>
/// <param name="Turn">The row that it locks first: the calls of a group go in this order, so that no two groups wait for each other.</param>
internal sealed record ScriptCall(long Turn, Script Script, IReadOnlyList<(string Name, object? Value)> Parameters, IReadOnlyList<Action<DbDataReader>> Rows)
{
    public long AddedAt { get; } = Stopwatch.GetTimestamp();
}
