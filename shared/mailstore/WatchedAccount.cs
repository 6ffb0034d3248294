namespace MailMesh.Mailstore;

/// <summary>The mailboxes that a reader sees, as they were at one moment; immutable, and shared by the sessions of one process.</summary>
/// <param name="Mailboxes">Its own, and those of others that it may look up, by their ids.</param>
/// <param name="Subscribed">Names, which need not exist.</param>
/// <param name="Metadata">The newest changes of annotations, in their order, each with a number higher by one.</param>
public sealed record WatchedAccount(IReadOnlyDictionary<long, ReachedMailbox> Mailboxes, IReadOnlySet<string> Subscribed, IReadOnlyList<MetadataNews> Metadata)
{
    /// <summary>Of the newest of <see cref="Metadata"/>; 0 for none.</summary>
    public long LastMetadata => Metadata.Count > 0 ? Metadata[^1].Number : 0;
}

/// <summary>Entries of RFC 5464 that changed.</summary>
/// <param name="MailboxId">0 for those of the server.</param>
public sealed record MetadataNews(long Number, long MailboxId, IReadOnlyList<string> Entries);
