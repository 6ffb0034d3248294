using System.Diagnostics.CodeAnalysis;

namespace MailMesh.Hosting;

/// <summary>The command line of every server program: a verb, its options, and settings by their names.</summary>
public static class ServerCommandLine
{
    private const int WrongUsage = 64; // EX_USAGE

    private static readonly string[] Options = ["--data", "--port-offset", "--hostname"];

    /// <summary>Takes the command line apart.</summary>
    /// <param name="settings">The options behind the verb 'serve'; null where there is nothing to run.</param>
    /// <param name="say">What to say in place of running.</param>
    /// <param name="refused">The command line is wrong.</param>
    /// <returns>True to run.</returns>
    public static bool TryParse(ServerProgram program, IReadOnlyList<string> args, [NotNullWhen(true)] out string[]? settings, out string say, out bool refused)
    {
        settings = null;
        (say, refused) = (Help(program), false);
        // Who starts standalone without a word wants to know what it is; a service alone is started by what has its settings.
        if (args.Count == 0 && program.IsStandalone || args.Any(arg => arg is "--help" or "-h" or "help"))
            return false;
        var hasVerb = args.Count > 0 && args[0] == "serve";
        string[] options = [.. args.Skip(hasVerb ? 1 : 0)];
        say = hasVerb || !program.IsStandalone ? FirstFault(options) : $"There is no verb '{args[0]}'. The verb is 'serve'; --help shows its options.";
        refused = say.Length > 0;
        if (refused)
            return false;
        settings = options;
        return true;
    }

    /// <summary>Says what there is to say and gives the exit code.</summary>
    public static int End(string say, bool refused)
    {
        (refused ? Console.Error : Console.Out).WriteLine(say);
        return refused ? WrongUsage : 0;
    }

    private static string Help(ServerProgram program) =>
        $"""
        MailMesh {program.Name}: {program.Summary}

        USAGE
            {(program.IsStandalone ? "serve" : "[serve]")} [--data DIR] [--port-offset N] [--SECTION:KEY VALUE …]

        OPTIONS
            --data DIR          {(program.IsStandalone ? "Folder of the database, message bodies, certificate and admin token" : "Folder of a self-signed certificate, the admin token and caches; copies may share it")}; ./data by default
            --port-offset N     Added to every default port, for several servers on one machine; 0 by default
            --hostname NAME     Our name in greetings and Received fields; the machine's name by default
            --SECTION:KEY VALUE Any setting, such as --listen:http 0.0.0.0:{program.HttpPort}; the same as MAILMESH__SECTION__KEY in the environment
            --help              Show this

        ENGINES
            {(program.IsStandalone ? "Embedded; or, with these settings, the mesh's" : "Needed")}: {MeshOptions.Needed}

        PORTS (on 127.0.0.1 unless told otherwise)
            {program.Ports}

        Every setting: docs/settings.md
        """;

    /// <summary>What is wrong with the options, or nothing.</summary>
    private static string FirstFault(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var (name, joined) = args[i].IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (args[i][..at], true) : (args[i], false);
            if (!name.StartsWith("--", StringComparison.Ordinal))
                return $"'{args[i]}' is no option. --help shows them.";
            if (!Options.Contains(name) && !IsSetting(name))
                return $"There is no option '{name}'. --help shows them; a setting is written --SECTION:KEY VALUE.";
            if (!joined && ++i == args.Length)
                return $"The option '{name}' takes a value.";
        }
        return "";
    }

    private static bool IsSetting(string name) =>
        name.IndexOf(':', StringComparison.Ordinal) is var colon and > 2 && colon < name.Length - 1;
}
