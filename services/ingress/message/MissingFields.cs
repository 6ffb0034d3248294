namespace MailMesh.Ingress.Message;

/// <summary>RFC 6409 §8.2 and §8.3, and RFC 5322 §3.6: what every message has, for one that came without.</summary>
internal sealed record MissingFields
{
    public required string MessageId { get; init; }

    public required string Hostname { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>Whom it comes from where it does not say; null to leave that open.</summary>
    public string? From { get; init; }

    /// <summary>The fields to put before the message.</summary>
    public string Of(IReadOnlyList<HeaderField> header)
    {
        var from = From is null || Has(header, "From") ? "" : $"From: <{From}>\r\n";
        var id = Has(header, "Message-ID") ? "" : $"Message-ID: <{MessageId}@{Hostname}>\r\n";
        var date = Has(header, "Date") ? "" : $"Date: {ReceivedField.Date(Date)}\r\n";
        return id + date + from;
    }

    private static bool Has(IReadOnlyList<HeaderField> header, string name) => header.Any(field => field.Is(name));
}
