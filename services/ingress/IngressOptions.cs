using MailMesh.Hosting;
using MailMesh.Wire;

namespace MailMesh.Ingress;

/// <summary>Settings of the service, read from MAILMESH__INGRESS__….</summary>
public sealed record IngressOptions
{
    /// <summary>Largest message, in octets, as SIZE says it (RFC 1870): 25 MiB of message and 1 MiB of room for what encodings and trace fields add.</summary>
    public long MaxMessageBytes { get; init; } = 26L * 1024 * 1024;

    /// <summary>Octets past <see cref="MaxMessageBytes"/> that are read and thrown away, so that the client sees its 552, before the connection is cut.</summary>
    public long MaxDiscardBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Longest line of a message with its CRLF: RFC 5321 §4.5.3.1.6.</summary>
    public int MaxTextLineBytes { get; init; } = 1000;

    /// <summary>Most recipients of a message; RFC 5321 §4.5.3.1.8 wants at least 100.</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Most mail transactions of a session, as LIMITS says it (RFC 9422). Far above what servers send over one connection: it ends only sessions that would last for ever.</summary>
    public int MaxTransactions { get; init; } = 100_000;

    /// <summary>Most wrong commands in a session.</summary>
    public int MaxInvalidCommands { get; init; } = 20;

    /// <summary>Most failed AUTH commands in a session.</summary>
    public int MaxAuthFailures { get; init; } = 3;

    /// <summary>Delay after the first failed AUTH; it doubles with each further one. Exempt networks wait for nothing.</summary>
    public TimeSpan AuthFailureDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for a whole command, the silence before it included: RFC 5321 §4.5.3.2.7, five minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest silence within a message: RFC 5321 §4.5.3.2.5, three minutes a block.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Octets a second that a client within a message must keep up, over what <see cref="DataTimeout"/> gives it once; 0: any. Postfix's smtpd_min_data_rate: 500.</summary>
    public int MinDataRate { get; init; } = 500;

    /// <summary>Longest wait for a client that takes no reply.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for the verdict; past it the answer is 250. RFC 5321 §4.5.3.2.6: the client waits ten minutes, but many give up far sooner.</summary>
    public TimeSpan VerdictTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest wait for directory, object store or bus, each; past it the client is told to try again. Far below the minutes that clients wait (RFC 5321 §4.5.3.2).</summary>
    public TimeSpan EngineTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most messages between DATA and its reply: past it load is shed. Each holds up to a MiB, so that an engine that hangs costs a GiB at most.</summary>
    public int MaxMessages { get; init; } = 1_000;

    /// <summary>Longest time that a submitted message may wait for its moment (RFC 4865), up to eleven thousand days. A quarter: nobody plans mail for longer.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromDays(92);

    /// <summary>Most messages of an account that wait for their moment.</summary>
    public int MaxHeldMessages { get; init; } = 1_000;

    /// <summary>Most sessions at once; in clear, and idle, so many take 250 MiB with the process (`tests/run bench idle --smtp`).</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Most sessions at once from one IPv4 address or IPv6 /64 network; exempt networks are not counted. Postfix: 50.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 50;

    /// <summary>Networks whose clients may name another client by XCLIENT: proxies and tests. None by default.</summary>
    public NetworkList XclientNetworks { get; init; } = NetworkList.None;

    /// <summary>Networks of load balancers, which must say by the PROXY protocol whom they pass on. None by default.</summary>
    public NetworkList ProxyNetworks { get; init; } = NetworkList.None;

    /// <summary>Networks of the servers that may hand over mail by LMTP, where that is listened for: this machine by default.</summary>
    public NetworkList LmtpNetworks { get; init; } = NetworkList.None;

    /// <summary>Whether From and Sender of a submitted message must be its account's; RFC 6409 §6.1 leaves it to the site, and a stolen password should not speak for the chief.</summary>
    public FromCheck FromCheck { get; init; } = FromCheck.Reject;

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static IngressOptions From(Settings settings)
    {
        var defaults = new IngressOptions();
        return defaults with
        {
            FromCheck = settings.Choice("Ingress:FromCheck", defaults.FromCheck),
            XclientNetworks = settings.Networks("Ingress:Xclient:Networks", ""),
            ProxyNetworks = settings.Networks("Ingress:ProxyProtocol:Networks", ""),
            LmtpNetworks = settings.Networks("Ingress:Lmtp:Networks", "127.0.0.0/8, ::1/128"),
            MaxMessageBytes = settings.Number("Ingress:MaxMessageBytes", defaults.MaxMessageBytes, 64 * 1024, 1L << 40),
            MaxDiscardBytes = settings.Number("Ingress:MaxDiscardBytes", defaults.MaxDiscardBytes, 0, 1L << 40),
            MaxTextLineBytes = (int)settings.Number("Ingress:MaxTextLineBytes", defaults.MaxTextLineBytes, 1000, 1 << 20),
            MaxRecipients = (int)settings.Number("Ingress:MaxRecipients", defaults.MaxRecipients, 100, 100_000),
            MaxTransactions = (int)settings.Number("Ingress:MaxTransactions", defaults.MaxTransactions, 1, 999_999), // RFC 9422 §4.1: six digits
            MaxInvalidCommands = (int)settings.Number("Ingress:MaxInvalidCommands", defaults.MaxInvalidCommands, 1, 100_000),
            MaxAuthFailures = (int)settings.Number("Ingress:MaxAuthFailures", defaults.MaxAuthFailures, 1, 1000),
            AuthFailureDelay = settings.Time("Ingress:AuthFailureDelay", defaults.AuthFailureDelay),
            CommandTimeout = settings.Time("Ingress:CommandTimeout", defaults.CommandTimeout),
            DataTimeout = settings.Time("Ingress:DataTimeout", defaults.DataTimeout),
            MinDataRate = (int)settings.Number("Ingress:MinDataRate", defaults.MinDataRate, 0, 1 << 30),
            ReplyTimeout = settings.Time("Ingress:ReplyTimeout", defaults.ReplyTimeout),
            VerdictTimeout = settings.Time("Ingress:VerdictTimeout", defaults.VerdictTimeout),
            EngineTimeout = settings.Time("Ingress:EngineTimeout", defaults.EngineTimeout),
            MaxMessages = (int)settings.Number("Ingress:MaxMessages", defaults.MaxMessages, 1, 1_000_000),
            MaxHold = settings.Time("Ingress:MaxHold", defaults.MaxHold),
            MaxHeldMessages = (int)settings.Number("Ingress:MaxHeldMessages", defaults.MaxHeldMessages, 1, 1_000_000),
            MaxConnections = (int)settings.Number("Ingress:MaxConnections", defaults.MaxConnections, 1, 10_000_000),
            MaxConnectionsPerAddress = (int)settings.Number("Ingress:MaxConnectionsPerAddress", defaults.MaxConnectionsPerAddress, 1, 1_000_000),
        };
    }
}
