namespace MailMesh.Database;

/// <param name="Sql">With its parameters by name.</param>
/// <param name="Positional">With <c>$1</c> for the first of <paramref name="Parameters"/>, and so on.</param>
/// <param name="Parameters">Those that it names.</param>
internal sealed record ScriptStatement(string Sql, string Positional, IReadOnlyList<string> Parameters)
{
    public static object? ValueOf(string name, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        foreach (var (given, value) in parameters)
        {
            if (given == name)
                return value;
        }
        throw new ArgumentException($"The script needs the parameter {name}.");
    }
}
