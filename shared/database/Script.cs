using System.Text.RegularExpressions;

namespace MailMesh.Database;

/// <summary>Statements that are all known before the first runs: one transaction, and on PostgreSQL one round trip, which is what costs there.</summary>
/// <param name="statements">In their order; a parameter means the same in each. Constants, since each stays prepared.</param>
public sealed partial class Script(params string[] statements)
{
    private readonly ScriptStatement[] _statements = [.. statements.Select(Read)];
    private readonly ScriptStatement? _lock;

    /// <summary>Runs first where other transactions write at the same time, as <see cref="DatabaseSession.LockAsync"/> does.</summary>
    public string? Lock
    {
        init => _lock = value is null ? null : Read(value) with { IsRead = false };
    }

    internal IEnumerable<ScriptStatement> Statements(bool shared) => shared && _lock is not null ? _statements.Prepend(_lock) : _statements;

    private static ScriptStatement Read(string sql)
    {
        var givesRows = sql.Contains("RETURNING", StringComparison.Ordinal) || sql.StartsWith("SELECT", StringComparison.Ordinal) || sql.StartsWith("WITH", StringComparison.Ordinal);
        return new ScriptStatement(sql, [.. Parameter().Matches(sql).Select(match => match.Value).Distinct()], givesRows, IsRead: givesRows);
    }

    [GeneratedRegex("@[a-z_]+")]
    private static partial Regex Parameter();
}
