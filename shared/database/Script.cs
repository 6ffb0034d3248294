using System.Text.RegularExpressions;

namespace MailMesh.Database;

/// <summary>Statements that are all known before the first runs: one transaction, and on PostgreSQL one round trip, which is what costs there.</summary>
/// <param name="statements">In their order, each with rows to give; a parameter means the same in each. Constants, since each stays prepared.</param>
public sealed partial class Script(params string[] statements)
{
    internal IReadOnlyList<ScriptStatement> Statements { get; } = [.. statements.Select(sql =>
        new ScriptStatement(sql, [.. Parameter().Matches(sql).Select(match => match.Value).Distinct()]))];

    [GeneratedRegex("@[a-z_]+")]
    private static partial Regex Parameter();
}
