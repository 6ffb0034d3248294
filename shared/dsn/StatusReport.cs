namespace MailMesh.Dsn;

/// <summary>What a sender is to be told about the recipients of one message.</summary>
public sealed record StatusReport
{
    /// <summary>The message reported on: its trace id.</summary>
    public required string MessageId { get; init; }

    /// <summary>Who is told; nobody when it is empty (RFC 5321 §4.5.5).</summary>
    public required string ReversePath { get; init; }

    /// <summary>Blob of the message, of which the header goes into the report.</summary>
    public required string Body { get; init; }

    /// <summary>Header fields that stand before the blob's first octet, each ended by CRLF; may be empty.</summary>
    public string HeaderPrefix { get; init; } = "";

    public required DateTimeOffset ReceivedAt { get; init; }

    public required IReadOnlyList<RecipientStatus> Recipients { get; init; }
}
