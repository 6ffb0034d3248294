using MailMesh.Database;

namespace MailMesh.Outbound;

/// <summary>Which rows an operator means; what is null does not matter.</summary>
public sealed record QueueFilter
{
    public long? Id { get; init; }

    public string? MessageId { get; init; }

    public QueueState? State { get; init; }

    /// <summary>Domain of the recipient.</summary>
    public string? Domain { get; init; }

    /// <summary>Reverse-path; empty for the null one.</summary>
    public string? Sender { get; init; }

    public string? Recipient { get; init; }

    internal IQueryable<QueueEntry> Apply(IQueryable<QueueEntry> rows)
    {
        if (Id is { } id)
            rows = rows.Where(q => q.Id == id);
        if (MessageId is { } messageId)
            rows = rows.Where(q => q.MessageId == messageId);
        if (State is { } state)
            rows = rows.Where(q => q.State == (int)state);
        if (Domain?.ToLowerInvariant() is { } domain)
            rows = rows.Where(q => q.Domain == domain);
        if (Sender is { } sender)
            rows = rows.Where(q => q.ReversePath == sender);
        if (Recipient is { } recipient)
            rows = rows.Where(q => q.Recipient == recipient);
        return rows;
    }
}
