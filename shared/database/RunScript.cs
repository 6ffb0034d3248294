using System.Data.Common;

namespace MailMesh.Database;

/// <summary>Runs a script, once; it is durable when this returns.</summary>
/// <param name="parameters">By name. A null is one of text.</param>
/// <param name="rows">What reads the rows of each statement; may be called by another thread.</param>
public delegate Task RunScript(Script script, IReadOnlyList<(string Name, object? Value)> parameters, params IReadOnlyList<Action<DbDataReader>> rows);
