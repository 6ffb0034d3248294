namespace MailMesh.Database;

/// <summary>Failed logins of a client network or of an account, and whether it is banned.</summary>
public sealed class Ban
{
    /// <summary>An address, a network in CIDR notation, or an account's address.</summary>
    public required string Subject { get; set; }

    /// <summary>Within the window that began at Since.</summary>
    public long Failures { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>Past: not banned.</summary>
    public DateTimeOffset Until { get; set; }

    public required string Reason { get; set; }
}

/// <summary>What one copy counted of a rate's subject within one span of time; the copies add up each other's.</summary>
public sealed class RateCount
{
    /// <summary>The rate and who is counted, as in 'messages/account/a@example.org'.</summary>
    public required string Subject { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>The copy that counted.</summary>
    public required string Copy { get; set; }

    public long Count { get; set; }
}
