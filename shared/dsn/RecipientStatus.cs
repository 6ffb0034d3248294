namespace MailMesh.Dsn;

/// <summary>RFC 3464 §2.3: the per-recipient fields of a report.</summary>
public sealed record RecipientStatus
{
    /// <summary>The address that delivery was tried for, after aliases: Final-Recipient.</summary>
    public required string Address { get; init; }

    /// <summary>The address that the sender wrote, before aliases: Original-Recipient. Null where it is not known.</summary>
    public string? ForwardPath { get; init; }

    /// <summary>RFC 3461 ORCPT as the sender gave it: Original-Recipient, before <see cref="ForwardPath"/>.</summary>
    public string? OriginalRecipient { get; init; }

    public required DsnAction Action { get; init; }

    /// <summary>RFC 3463 code, such as 5.1.1.</summary>
    public required string Status { get; init; }

    /// <summary>The host whose reply <see cref="Diagnostic"/> is; null where the failure is our own finding.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>The remote server's reply, or our finding in words; one line, no secrets.</summary>
    public string? Diagnostic { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>For a delay: the moment at which we give up.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }
}
