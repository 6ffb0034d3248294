using System.Text.RegularExpressions;

namespace MailMesh.Database;

/// <summary>Statements that are all known before the first runs: on PostgreSQL one transaction and one round trip, together with the scripts of others.</summary>
/// <param name="statements">In their order, each with rows to give; a parameter means the same in each. Constants, since each stays prepared.</param>
public sealed partial class Script(params string[] statements)
{
    internal IReadOnlyList<ScriptStatement> Statements { get; } = [.. statements.Select(Read)];

    private static ScriptStatement Read(string sql)
    {
        var names = Parameter().Matches(sql).Select(match => match.Value).Distinct().ToList();
        return new ScriptStatement(sql, Parameter().Replace(sql, match => $"${names.IndexOf(match.Value) + 1}"), names);
    }

    [GeneratedRegex("@[a-z_]+")]
    private static partial Regex Parameter();
}
