namespace MailMesh.Filtering;

/// <summary>What a check found.</summary>
public sealed record Finding
{
    /// <summary>Result word, such as pass, fail or none.</summary>
    public required string Result { get; init; }

    /// <summary>Points towards junk; negative speaks for the message.</summary>
    public double Score { get; init; }

    /// <summary>What the result rests on, for a reader.</summary>
    public string? Evidence { get; init; }

    /// <summary>A clear rule refuses the message, whatever its score.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>RFC 8601 §2.2 resinfo, such as 'spf=pass smtp.mailfrom=example.com'.</summary>
    public IReadOnlyList<string> AuthenticationResults { get; init; } = [];

    /// <summary>A header field of the check's own for the delivered message, unfolded and without CRLF, such as Received-SPF.</summary>
    public string? TraceField { get; init; }
}

/// <summary>A refusal as the SMTP session says it.</summary>
/// <param name="ReplyCode">Such as 550.</param>
/// <param name="EnhancedStatus">RFC 3463, such as 5.7.1.</param>
/// <param name="Text">One line.</param>
/// <param name="Undeliverable">
/// True where delivering is wrong even when nobody waits for the verdict any more, as with a loop: the sender is told.
/// False: such mail then goes to Junk, since a late bounce would go to a forged sender (promise 2).
/// </param>
public sealed record Refusal(int ReplyCode, string EnhancedStatus, string Text, bool Undeliverable = false);
