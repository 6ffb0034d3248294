using System.Globalization;

namespace MailMesh.Bench;

/// <summary>What to measure.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        tests/run bench [--messages 5000] [--octets 10240] [--connections 20] [--accounts 100] [--no-peer]
        tests/run bench access [--messages 2000] [--connections 20] [--sessions 2000] [--accounts 200] [--no-peer] | mesh access [--copies 1]
        tests/run bench growth [--messages 1000000]
        tests/run bench idle [--tls] [--connections 2000] | idle --smtp [--tls] [--connections 18900, with TLS 10000]
        tests/run bench push [--connections 10000] [--messages 100] [--accounts 500] | mesh push [--copies 1]
        tests/run bench accept [--messages 20000] [--octets 4096] [--connections 20] [--large 100] [--no-peer]
        tests/run bench mesh [the options of the first line] [--copies 2]
        """;

    /// <summary>Memory of idle IMAP connections in place of mail a second.</summary>
    public bool Idle { get; init; }

    /// <summary>How fast mail is taken: small messages over kept connections and over a new one each, then large ones.</summary>
    public bool Accept { get; init; }

    /// <summary>IMAP commands a second of few and of many clients, and login sessions a second.</summary>
    public bool Access { get; init; }

    /// <summary>IMAP commands in mailboxes of a thousand messages and ten times as many each, up to <see cref="Messages"/>.</summary>
    public bool Growth { get; init; }

    /// <summary>The time from 250 to the sessions that wait for a message, among many that wait for others.</summary>
    public bool Push { get; init; }

    /// <summary>Login sessions of <see cref="Access"/>.</summary>
    public int Sessions { get; init; } = 2000;

    /// <summary>Messages of 25 MiB.</summary>
    public int Large { get; init; } = 100;

    /// <summary>Idle SMTP connections in place of IMAP.</summary>
    public bool Smtp { get; init; }

    /// <summary>Idle connections under TLS in place of in clear.</summary>
    public bool Tls { get; init; }

    /// <summary>The mesh of processes on its engines in place of standalone, with one copy of each service and then with more.</summary>
    public bool Mesh { get; init; }

    /// <summary>Most copies of each service of the mesh.</summary>
    public int Copies { get; init; } = 2;

    public int Messages { get; init; } = 5000;

    /// <summary>Of one message, header included.</summary>
    public int Octets { get; init; } = 10240;

    public int Connections { get; init; } = 20;

    public int Accounts { get; init; } = 100;

    /// <summary>Measure Postfix and Dovecot as well, where they are installed.</summary>
    public bool Peer { get; init; } = true;

    /// <exception cref="ArgumentException">Not a word that the bench knows.</exception>
    public static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "idle" => options with { Idle = true, Connections = 2000 },
                "access" => options with { Access = true, Messages = 2000, Accounts = 200 },
                "growth" => options with { Growth = true, Messages = 1_000_000 },
                "push" => options with { Push = true, Connections = 10_000, Messages = 100, Accounts = 500, Peer = false },
                "--sessions" => options with { Sessions = Number(args, ++i) },
                "accept" => options with { Accept = true, Messages = 20_000, Octets = 4096 },
                "--large" => options with { Large = Number(args, ++i) },
                "--smtp" => options with { Smtp = true, Connections = IdleSmtp.InClear },
                "--tls" => options with { Tls = true, Connections = options.Smtp ? IdleSmtp.UnderTls : options.Connections },
                "mesh" => options with { Mesh = true },
                "--copies" => options with { Copies = Number(args, ++i) },
                "--no-peer" => options with { Peer = false },
                "--messages" => options with { Messages = Number(args, ++i) },
                "--octets" => options with { Octets = Number(args, ++i) },
                "--connections" => options with { Connections = Number(args, ++i) },
                "--accounts" => options with { Accounts = Number(args, ++i) },
                _ => throw new ArgumentException($"The bench does not know '{args[i]}'.\n{Usage}"),
            };
        }
        return options;
    }

    private static int Number(string[] args, int at) =>
        at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{args[at - 1]} takes a number above 0.\n{Usage}");
}
