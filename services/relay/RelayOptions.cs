using MailMesh.Hosting;
using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>Settings of the relay: MAILMESH__RELAY__….</summary>
internal sealed record RelayOptions
{
    /// <summary>Port of MX hosts; 25 but for tests.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Wait after the first failed attempt; doubles with each (RFC 5321 §4.5.4.1 has 30 minutes, Postfix begins at 5).</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait between attempts.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Age at which the sender is told of the delay, once.</summary>
    public TimeSpan WarnAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Age at which a message is given up (RFC 5321 §4.5.4.1: at least 4 to 5 days).</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(5);

    /// <summary>Connections to one destination; receivers take more for abuse.</summary>
    public int ConnectionsPerDestination { get; init; } = 5;

    /// <summary>Connections in all.</summary>
    public int Connections { get; init; } = 100;

    /// <summary>Messages over one connection; receivers close it after some hundred.</summary>
    public int MessagesPerConnection { get; init; } = 100;

    /// <summary>Recipients in work at once; the others wait in the database.</summary>
    public int ActiveRecipients { get; init; } = 5000;

    /// <summary>How long a row is ours unless renewed: the delay after a relay died.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait before looking for rows that other processes added.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an idle connection waits for the next message.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>At a stop: how long transactions in flight may take to end.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    public SmtpTimeouts Timeouts { get; init; } = new();

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static RelayOptions From(Settings settings)
    {
        var defaults = new RelayOptions();
        var options = new RelayOptions
        {
            Port = (int)settings.Number("Relay:Port", defaults.Port, 1, 65535),
            MinBackoff = settings.Time("Relay:MinBackoff", defaults.MinBackoff),
            MaxBackoff = settings.Time("Relay:MaxBackoff", defaults.MaxBackoff),
            WarnAfter = settings.Time("Relay:WarnAfter", defaults.WarnAfter),
            GiveUpAfter = settings.Time("Relay:GiveUpAfter", defaults.GiveUpAfter),
            ConnectionsPerDestination = (int)settings.Number("Relay:ConnectionsPerDestination", defaults.ConnectionsPerDestination, 1, 1000),
            Connections = (int)settings.Number("Relay:Connections", defaults.Connections, 1, 10000),
            MessagesPerConnection = (int)settings.Number("Relay:MessagesPerConnection", defaults.MessagesPerConnection, 1, 100000),
            ActiveRecipients = (int)settings.Number("Relay:ActiveRecipients", defaults.ActiveRecipients, 100, 1000000),
            Lease = settings.Time("Relay:Lease", defaults.Lease),
            Poll = settings.Time("Relay:Poll", defaults.Poll),
            Idle = settings.Time("Relay:Idle", defaults.Idle),
            Drain = settings.Time("Relay:Drain", defaults.Drain),
            Timeouts = defaults.Timeouts with
            {
                Connect = settings.Time("Relay:ConnectTimeout", defaults.Timeouts.Connect),
                Command = settings.Time("Relay:CommandTimeout", defaults.Timeouts.Command),
            },
        };
        return options.MaxBackoff >= options.MinBackoff
            ? options
            : throw new SettingException("Relay:MaxBackoff", options.MaxBackoff.ToString(), "at least MAILMESH__RELAY__MINBACKOFF");
    }
}
