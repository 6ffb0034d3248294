using MailMesh.Hosting;
using MailMesh.Rates;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>
/// What one listener asks of its clients before DATA, read from MAILMESH__INGRESS__POLICY__… and, for one listener alone,
/// MAILMESH__INGRESS__SUBMISSION__POLICY__… The defaults here are those of port 25, where strangers come; 0 is no limit.
/// </summary>
internal sealed record PolicyOptions
{
    /// <summary>Networks that no DNS list, name rule or delay holds up; rates and SPF hold for them.</summary>
    public NetworkList AllowNetworks { get; init; } = NetworkList.None;

    /// <summary>Networks that are turned away at connect.</summary>
    public NetworkList DenyNetworks { get; init; } = NetworkList.None;

    /// <summary>What they hear.</summary>
    public string DenyText { get; init; } = "Your network is not served here";

    /// <summary>Most new connections of an IPv4 address or IPv6 /64 within a minute: five a second, more than servers that reuse connections open.</summary>
    public int ConnectionsPerMinute { get; init; } = 300;

    /// <summary>Most new connections of an IPv4 /24 or IPv6 /48 within a minute: a provider's servers stand side by side.</summary>
    public int NetworkConnectionsPerMinute { get; init; } = 900;

    /// <summary>Most sessions at once from an IPv4 /24 or IPv6 /48: four addresses at their limit.</summary>
    public int NetworkConnections { get; init; } = 200;

    /// <summary>Messages begun (MAIL) by an IPv4 address or IPv6 /64; null, as in Postfix, for any number.</summary>
    public Rate? MessageRate { get; init; }

    /// <summary>Recipients (RCPT) of an IPv4 address or IPv6 /64.</summary>
    public Rate? RecipientRate { get; init; }

    /// <summary>Messages of an account.</summary>
    public Rate? AccountMessageRate { get; init; }

    /// <summary>Recipients of an account's messages.</summary>
    public Rate? AccountRecipientRate { get; init; }

    /// <summary>Recipients of one domain, from all clients but the exempt together.</summary>
    public Rate? DomainRecipientRate { get; init; }

    /// <summary>Wait before the greeting: longer than a round trip around the world, which those who do not wait for an answer do not wait for.</summary>
    public TimeSpan GreetDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Commands sent ahead where PIPELINING was not announced or ends (RFC 2920 §3.1).</summary>
    public RuleMode EarlyCommands { get; init; } = RuleMode.Score;

    /// <summary>EHLO with an address without brackets, or a name that is none of the DNS.</summary>
    public RuleMode HeloSyntax { get; init; } = RuleMode.Score;

    /// <summary>EHLO with our own name or address: nobody else has it.</summary>
    public RuleMode HeloOurName { get; init; } = RuleMode.Score;

    /// <summary>EHLO with a name that has neither address nor mail exchange.</summary>
    public RuleMode HeloUnresolved { get; init; } = RuleMode.Score;

    /// <summary>The client's address has no name.</summary>
    public RuleMode ReverseMissing { get; init; } = RuleMode.Score;

    /// <summary>The client's address has names, none of which leads back to it.</summary>
    public RuleMode ReverseUnconfirmed { get; init; } = RuleMode.Score;

    /// <summary>DNS lists and their weights in points of filtering's score: none, since every list has terms of use.</summary>
    public IReadOnlyList<DnsListZone> DnsLists { get; init; } = [];

    /// <summary>Sum of weights from which a client is refused.</summary>
    public int DnsListThreshold { get; init; } = 8;

    /// <summary>Longest wait for lists and names; what does not come by then has no opinion.</summary>
    public TimeSpan DnsTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>SPF of the reverse-path: an evidence for filtering by default, since forwarders break it (RFC 7208 §8.4).</summary>
    public RuleMode Spf { get; init; } = RuleMode.Score;

    /// <summary>Delay before the third unknown recipient's refusal; it doubles with each. Postfix: 1 s, from the tenth error on.</summary>
    public TimeSpan TarpitDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most unknown recipients of a session. Postfix's smtpd_hard_error_limit: 20.</summary>
    public int MaxUnknownRecipients { get; init; } = 20;

    /// <summary>Some question goes to the DNS when a client connects.</summary>
    public bool AsksReverse => ReverseMissing != RuleMode.Off || ReverseUnconfirmed != RuleMode.Off;

    /// <summary>Where users and our own programs come, who are known by other means: no rule but those of the operator.</summary>
    private static PolicyOptions Trusting { get; } = new()
    {
        GreetDelay = TimeSpan.Zero,
        EarlyCommands = RuleMode.Off,
        HeloSyntax = RuleMode.Off,
        HeloOurName = RuleMode.Off,
        HeloUnresolved = RuleMode.Off,
        ReverseMissing = RuleMode.Off,
        ReverseUnconfirmed = RuleMode.Off,
        Spf = RuleMode.Off,
    };

    /// <summary>Nothing is asked and nothing limited.</summary>
    public static PolicyOptions None { get; } = Trusting with
    {
        ConnectionsPerMinute = 0,
        NetworkConnectionsPerMinute = 0,
        NetworkConnections = 0,
        TarpitDelay = TimeSpan.Zero,
        MaxUnknownRecipients = 0,
    };

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static PolicyOptions From(Settings settings, SmtpListener listener)
    {
        var listenerSettings = new ListenerSettings(settings, listener);
        return WithLimits(WithRules(DefaultsOf(listener), listenerSettings), listenerSettings);
    }

    private static PolicyOptions DefaultsOf(SmtpListener listener) =>
        listener == SmtpListener.Smtp ? new PolicyOptions() : listener.IsLmtp ? None : Trusting;

    private static PolicyOptions WithLimits(PolicyOptions defaults, ListenerSettings settings) => defaults with
    {
        ConnectionsPerMinute = settings.Number("Ingress:Policy:ConnectionsPerMinute", defaults.ConnectionsPerMinute, 1_000_000),
        NetworkConnectionsPerMinute = settings.Number("Ingress:Policy:NetworkConnectionsPerMinute", defaults.NetworkConnectionsPerMinute, 1_000_000),
        NetworkConnections = settings.Number("Ingress:Policy:NetworkConnections", defaults.NetworkConnections, 1_000_000),
        MessageRate = settings.Rate("Ingress:Policy:MessageRate", defaults.MessageRate),
        RecipientRate = settings.Rate("Ingress:Policy:RecipientRate", defaults.RecipientRate),
        AccountMessageRate = settings.Rate("Ingress:Policy:AccountMessageRate", defaults.AccountMessageRate),
        AccountRecipientRate = settings.Rate("Ingress:Policy:AccountRecipientRate", defaults.AccountRecipientRate),
        DomainRecipientRate = settings.Rate("Ingress:Policy:DomainRecipientRate", defaults.DomainRecipientRate),
        TarpitDelay = settings.Time("Ingress:Policy:TarpitDelay", defaults.TarpitDelay, TimeSpan.FromSeconds(30)),
        MaxUnknownRecipients = settings.Number("Ingress:Policy:MaxUnknownRecipients", defaults.MaxUnknownRecipients, 1_000_000),
    };

    private static PolicyOptions WithRules(PolicyOptions defaults, ListenerSettings settings) => defaults with
    {
        AllowNetworks = settings.Networks("Ingress:Policy:AllowNetworks"),
        DenyNetworks = settings.Networks("Ingress:Policy:DenyNetworks"),
        DenyText = settings.Text("Ingress:Policy:DenyText", defaults.DenyText),
        GreetDelay = settings.Time("Ingress:Policy:GreetDelay", defaults.GreetDelay, TimeSpan.FromMinutes(1)),
        EarlyCommands = settings.Mode("Ingress:Policy:EarlyCommands", defaults.EarlyCommands),
        HeloSyntax = settings.Mode("Ingress:Policy:HeloSyntax", defaults.HeloSyntax),
        HeloOurName = settings.Mode("Ingress:Policy:HeloOurName", defaults.HeloOurName),
        HeloUnresolved = settings.Mode("Ingress:Policy:HeloUnresolved", defaults.HeloUnresolved),
        ReverseMissing = settings.Mode("Ingress:Policy:ReverseMissing", defaults.ReverseMissing),
        ReverseUnconfirmed = settings.Mode("Ingress:Policy:ReverseUnconfirmed", defaults.ReverseUnconfirmed),
        DnsLists = settings.Lists("Ingress:Policy:DnsLists"),
        DnsListThreshold = settings.Number("Ingress:Policy:DnsListThreshold", defaults.DnsListThreshold, 1000),
        DnsTimeout = settings.Time("Ingress:Policy:DnsTimeout", defaults.DnsTimeout, TimeSpan.FromSeconds(30)),
        Spf = settings.Mode("Ingress:Policy:Spf", defaults.Spf),
    };
}
