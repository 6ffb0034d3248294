namespace MailMesh.Database;

/// <param name="Parameters">Those that it names.</param>
/// <param name="GivesRows">It has a result, be it empty.</param>
/// <param name="IsRead">The script's caller reads its rows.</param>
internal sealed record ScriptStatement(string Sql, IReadOnlyList<string> Parameters, bool GivesRows, bool IsRead);
