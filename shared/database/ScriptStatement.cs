namespace MailMesh.Database;

/// <param name="Parameters">Those that it names.</param>
internal sealed record ScriptStatement(string Sql, IReadOnlyList<string> Parameters);
