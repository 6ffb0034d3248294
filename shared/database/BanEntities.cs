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
