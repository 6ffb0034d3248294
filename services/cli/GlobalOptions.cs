namespace MailMesh.Cli;

/// <summary>Lets the options of every verb stand anywhere: the parser takes them behind the verb alone.</summary>
public static class GlobalOptions
{
    /// <summary>Options whose value may start with '-', which the parser takes only when it is joined on by '='.</summary>
    private static readonly string[] WithSecret = ["--password", "--token"];

    private static readonly string[] WithValue = ["--data", "--url", "--token"];

    /// <summary>The same command line with the global options at its end.</summary>
    public static string[] MoveToEnd(IReadOnlyList<string> args)
    {
        var own = new List<string>(args.Count);
        var global = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=', 2)[0];
            if (name == "--")
            {
                own.AddRange(args.Skip(i + 1));
                break;
            }
            var isGlobal = name == "--json" || WithValue.Contains(name);
            var target = isGlobal ? global : own;
            var takesNext = !args[i].Contains('=', StringComparison.Ordinal) && (WithValue.Contains(name) || WithSecret.Contains(name)) && i + 1 < args.Count;
            target.Add(takesNext ? $"{name}={args[++i]}" : args[i]);
        }
        return [.. own, .. global];
    }
}
