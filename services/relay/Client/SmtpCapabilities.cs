using System.Globalization;

namespace MailMesh.Relay.Client;

/// <summary>What a server announced in its EHLO reply (RFC 5321 §4.1.1.1).</summary>
internal sealed record SmtpCapabilities
{
    /// <summary>A server that took only HELO.</summary>
    public static readonly SmtpCapabilities None = new();

    /// <summary>RFC 2920.</summary>
    public bool Pipelining { get; init; }

    /// <summary>RFC 1870: largest message in octets; null where the server sets or tells no limit.</summary>
    public long? MaxMessageBytes { get; init; }

    /// <summary>RFC 1870: the server takes SIZE= of MAIL.</summary>
    public bool Size { get; init; }

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime { get; init; }

    /// <summary>RFC 6531.</summary>
    public bool Smtputf8 { get; init; }

    /// <summary>RFC 3207.</summary>
    public bool StartTls { get; init; }

    /// <summary>RFC 3461: the server takes what is asked of notifications, and answers for them.</summary>
    public bool Dsn { get; init; }

    /// <summary>RFC 6710.</summary>
    public bool MtPriority { get; init; }

    /// <summary>RFC 2852.</summary>
    public bool DeliverBy { get; init; }

    /// <summary>RFC 2852 §3: the least time that the server takes with by-mode R; null where it tells none.</summary>
    public long? MinDeliverBySeconds { get; init; }

    /// <summary>RFC 8689.</summary>
    public bool RequireTls { get; init; }

    /// <summary>RFC 9422 RCPTMAX: most recipients of a transaction.</summary>
    public int MaxRecipients { get; init; } = int.MaxValue;

    /// <summary>RFC 9422 RCPTDOMAINMAX: most domains of a transaction's recipients.</summary>
    public int MaxRecipientDomains { get; init; } = int.MaxValue;

    /// <summary>RFC 9422 MAILMAX: most transactions of a session.</summary>
    public int MaxTransactions { get; init; } = int.MaxValue;

    /// <summary>RFC 4954: SASL mechanisms in upper case.</summary>
    public IReadOnlyList<string> AuthMechanisms { get; init; } = [];

    public static SmtpCapabilities Parse(SmtpReply reply)
    {
        var found = None;
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.ToUpperInvariant().Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
                found = found.With(words);
        }
        return found;
    }

    private SmtpCapabilities With(string[] words) => words[0] switch
    {
        "PIPELINING" => this with { Pipelining = true },
        "SIZE" => this with { Size = true, MaxMessageBytes = Limit(words) },
        "8BITMIME" => this with { EightBitMime = true },
        "SMTPUTF8" => this with { Smtputf8 = true },
        "STARTTLS" => this with { StartTls = true },
        "DSN" => this with { Dsn = true },
        "MT-PRIORITY" => this with { MtPriority = true },
        "DELIVERBY" => this with { DeliverBy = true, MinDeliverBySeconds = Limit(words) },
        "REQUIRETLS" => this with { RequireTls = true },
        "LIMITS" => WithLimits(words),
        "AUTH" => this with { AuthMechanisms = words[1..] },
        _ => this,
    };

    /// <summary>RFC 9422 §3: name '=' value, of which the unknown and the unreadable say nothing.</summary>
    private SmtpCapabilities WithLimits(string[] words)
    {
        var found = this;
        for (var i = 1; i + 1 < words.Length; i++)
        {
            if (!int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1)
                continue;
            found = words[i] switch
            {
                "RCPTMAX" => found with { MaxRecipients = limit },
                "RCPTDOMAINMAX" => found with { MaxRecipientDomains = limit },
                "MAILMAX" => found with { MaxTransactions = limit },
                _ => found,
            };
        }
        return found;
    }

    /// <summary>RFC 1870 §3: 0 means no fixed limit.</summary>
    private static long? Limit(string[] words) =>
        words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit : null;
}
