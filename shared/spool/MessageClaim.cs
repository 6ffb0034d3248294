namespace MailMesh.Spool;

/// <summary>What somebody claims of a message; the first claim stands for all.</summary>
public sealed record MessageClaim
{
    public static readonly MessageClaim Accepted = new() { Kind = ClaimKind.Accepted };

    internal static readonly MessageClaim Withdrawn = new() { Kind = ClaimKind.Withdrawn };

    public required ClaimKind Kind { get; init; }

    /// <summary>SMTP reply code of a refusal.</summary>
    public int ReplyCode { get; init; }

    /// <summary>RFC 3463 code of a refusal.</summary>
    public string? EnhancedStatus { get; init; }

    /// <summary>Text of a refusal.</summary>
    public string? ReplyText { get; init; }
}

/// <summary>The numbers stand in the database.</summary>
public enum ClaimKind
{
    /// <summary>Its session says 250, or filtering goes on with it: it can no longer be refused.</summary>
    Accepted = 1,

    /// <summary>Its session says 5xx, and filtering drops it.</summary>
    Refused = 2,

    /// <summary>Its session says 451: it must reach nobody, since its client sends it again.</summary>
    Withdrawn = 3,
}
