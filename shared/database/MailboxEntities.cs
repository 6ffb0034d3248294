namespace MailMesh.Database;

/// <summary>RFC 3501 §2.3.1: a mailbox and its counters.</summary>
public sealed class Mailbox
{
    public long Id { get; init; }

    public long AccountId { get; set; }

    /// <summary>Full name in UTF-8, levels divided by '/'; the inbox is 'INBOX'.</summary>
    public required string Name { get; set; }

    public long UidValidity { get; set; }

    public long UidNext { get; set; } = 1;

    public long HighestModSeq { get; set; } = 1;

    /// <summary>Running total, changed with the counters above wherever messages come and go.</summary>
    public long Messages { get; set; }

    /// <summary>Running total of RFC822.SIZE.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Messages with this UID and above are \Recent to the next session that selects the mailbox.</summary>
    public long RecentUid { get; set; } = 1;

    /// <summary>Highest MODSEQ of any <see cref="Expunged"/> row that was swept: changes since an earlier one need the whole list.</summary>
    public long SweptModSeq { get; set; }

    /// <summary>RFC 6154 attribute such as '\Junk'; null for none.</summary>
    public string? SpecialUse { get; set; }

    /// <summary>True for a name that only holds a place for its children (RFC 3501 §6.3.4).</summary>
    public bool NoSelect { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A subscribed name, which need not exist (RFC 3501 §6.3.6).</summary>
public sealed class Subscription
{
    public long AccountId { get; set; }

    public required string Name { get; set; }
}

/// <summary>What a message consists of, shared by every mailbox that holds it.</summary>
public sealed class Content
{
    public long Id { get; init; }

    public required string MessageId { get; set; }

    /// <summary>Reference into the blob store.</summary>
    public required string Blob { get; set; }

    /// <summary>Octets of the blob alone.</summary>
    public long BlobSize { get; set; }

    /// <summary>Header fields that stand before the blob, CRLF-ended; UTF-8.</summary>
    public required byte[] HeaderPrefix { get; set; }

    /// <summary>Cached envelope, in the encoding of shared/mime.</summary>
    public required byte[] Envelope { get; set; }

    /// <summary>Cached body structure with part offsets, in the encoding of shared/mime.</summary>
    public required byte[] Structure { get; set; }

    /// <summary>Message-IDs of References, or else of In-Reply-To, divided by one space; empty for none, null where nobody looked yet.</summary>
    public string? RefersTo { get; set; }

    /// <summary>RFC 8970: the beginning of the text; empty for none, null where nobody looked yet.</summary>
    public string? Preview { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the collector first found that no mailbox holds it; null while one does.</summary>
    public DateTimeOffset? OrphanedAt { get; set; }
}

/// <summary>A message in a mailbox.</summary>
public sealed class Message
{
    public long MailboxId { get; set; }

    public long Uid { get; set; }

    public long ModSeq { get; set; }

    /// <summary>System flags, one bit each, as shared/mailstore names them.</summary>
    public int Flags { get; set; }

    /// <summary>Keywords divided by one space; null for none.</summary>
    public string? Keywords { get; set; }

    public DateTimeOffset InternalDate { get; set; }

    /// <summary>RFC822.SIZE: header prefix and blob together.</summary>
    public long Size { get; set; }

    public long ContentId { get; set; }

    /// <summary>RFC 8514: when the message came into this mailbox; null for those of before it was kept.</summary>
    public DateTimeOffset? SavedAt { get; set; }
}

/// <summary>A UID that left its mailbox, and when: lets a snapshot that missed events catch up.</summary>
public sealed class Expunged
{
    public long MailboxId { get; set; }

    public long Uid { get; set; }

    public long ModSeq { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>A pack of bodies that nothing refers to any more, on its way out.</summary>
public sealed class DeadPack
{
    public required string Pack { get; set; }

    /// <summary>When the collector first found it so; readers may hold older references for a while.</summary>
    public DateTimeOffset Since { get; set; }
}

/// <summary>RFC 4314: what an identifier may do with a mailbox that is not its own.</summary>
public sealed class MailboxRight
{
    public long MailboxId { get; set; }

    /// <summary>An account's address, or '@domain' for every account of a domain; with '-' before it, rights that are taken away.</summary>
    public required string Identifier { get; set; }

    /// <summary>Letters of RFC 4314 §2.1, in their order there.</summary>
    public required string Rights { get; set; }
}

/// <summary>RFC 5464: a value kept with a mailbox.</summary>
public sealed class MailboxAnnotation
{
    public long MailboxId { get; set; }

    /// <summary>The account whose /private value it is; 0 for /shared.</summary>
    public long ReaderId { get; set; }

    /// <summary>Lower case, with its /private or /shared.</summary>
    public required string Entry { get; set; }

    public required byte[] Value { get; set; }
}

/// <summary>RFC 5464: a value kept with the server, for one account or for all.</summary>
public sealed class ServerAnnotation
{
    /// <summary>The account whose /private value it is; 0 for /shared.</summary>
    public long ReaderId { get; set; }

    /// <summary>Lower case, with its /private or /shared.</summary>
    public required string Entry { get; set; }

    public required byte[] Value { get; set; }
}

/// <summary>RFC 4467 §8: the secret that an account's URLs of a mailbox are authorized with.</summary>
public sealed class MailboxKey
{
    public long MailboxId { get; set; }

    public long AccountId { get; set; }

    /// <summary>A secret: shown by nothing, logged by nothing.</summary>
    public required byte[] Secret { get; set; }
}
