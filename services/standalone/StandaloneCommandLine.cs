using System.Diagnostics.CodeAnalysis;

namespace MailMesh.Standalone;

/// <summary>The command line of the server: a verb, its options, and settings by their names.</summary>
public static class StandaloneCommandLine
{
    public const string Help =
        """
        MailMesh: a mail server in one process.

        USAGE
            serve [--data DIR] [--port-offset N] [--SECTION:KEY VALUE …]

        OPTIONS
            --data DIR          Folder of the database, message bodies, certificate and admin token; ./data by default
            --port-offset N     Added to every default port, for several servers on one machine; 0 by default
            --hostname NAME     Our name in greetings and Received fields; the machine's name by default
            --SECTION:KEY VALUE Any setting, such as --listen:smtp 0.0.0.0:25; the same as MAILMESH__SECTION__KEY in the environment
            --help              Show this

        PORTS (on 127.0.0.1 unless told otherwise)
            SMTP 2525, submission 2587 (STARTTLS) and 2465 (TLS), IMAP 2143 and 2993 (TLS), POP3 2110 and 2995 (TLS),
            HTTP 8080 (admin API, health, metrics)

        Every setting: docs/settings.md
        """;

    private static readonly string[] Options = ["--data", "--port-offset", "--hostname"];

    /// <summary>Takes the command line apart.</summary>
    /// <param name="settings">The options behind the verb 'serve'; null where there is nothing to run.</param>
    /// <param name="say">What to say in place of running.</param>
    /// <param name="refused">The command line is wrong.</param>
    /// <returns>True to run.</returns>
    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out string[]? settings, out string say, out bool refused)
    {
        settings = null;
        (say, refused) = (Help, false);
        if (args.Count == 0 || args.Any(arg => arg is "--help" or "-h" or "help"))
            return false;
        say = args[0] == "serve" ? FirstFault(args) : $"There is no verb '{args[0]}'. The verb is 'serve'; --help shows its options.";
        refused = say.Length > 0;
        if (refused)
            return false;
        settings = [.. args.Skip(1)];
        return true;
    }

    /// <summary>Says what there is to say and gives the exit code (sysexits: EX_USAGE).</summary>
    public static int End(string say, bool refused)
    {
        (refused ? Console.Error : Console.Out).WriteLine(say);
        return refused ? 64 : 0;
    }

    /// <summary>What is wrong with the options, or nothing.</summary>
    private static string FirstFault(IReadOnlyList<string> args)
    {
        for (var i = 1; i < args.Count; i++)
        {
            var (name, joined) = args[i].IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (args[i][..at], true) : (args[i], false);
            if (!name.StartsWith("--", StringComparison.Ordinal))
                return $"'{args[i]}' is no option. --help shows them.";
            if (!Options.Contains(name) && !IsSetting(name))
                return $"There is no option '{name}'. --help shows them; a setting is written --SECTION:KEY VALUE.";
            if (!joined && ++i == args.Count)
                return $"The option '{name}' takes a value.";
        }
        return "";
    }

    private static bool IsSetting(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is var colon and > 2 && colon < name.Length - 1;
}
