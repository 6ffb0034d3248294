namespace MailMesh.Contracts;

/// <summary>What filtering decided, sent back to the SMTP session that waits.</summary>
public sealed record MessageVerdict
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    public required string MessageId { get; init; }

    public required Disposition Disposition { get; init; }

    /// <summary>SMTP reply code of a refusal, such as 550.</summary>
    public int ReplyCode { get; init; }

    /// <summary>RFC 3463 code of a refusal, such as 5.7.1.</summary>
    public string? EnhancedStatus { get; init; }

    /// <summary>Text of a refusal, without codes.</summary>
    public string? ReplyText { get; init; }

    public IReadOnlyList<CheckResult> Checks { get; init; } = [];
}

public enum Disposition
{
    /// <summary>Into the inbox, or on to the remote server.</summary>
    Accept,

    /// <summary>Into the Junk mailbox.</summary>
    Junk,

    /// <summary>Refused within the SMTP session.</summary>
    Reject,
}

/// <summary>One check's contribution to a verdict: promise 4, every verdict explains itself.</summary>
public sealed record CheckResult
{
    /// <summary>The check, such as spf or dkim.</summary>
    public required string Check { get; init; }

    /// <summary>The check's result word, such as pass, fail or none.</summary>
    public required string Result { get; init; }

    /// <summary>Points towards junk; negative speaks for the message.</summary>
    public double Score { get; init; }

    /// <summary>What the result rests on, for a reader.</summary>
    public string? Evidence { get; init; }

    /// <summary>Version of the check's rules.</summary>
    public required string Version { get; init; }
}
