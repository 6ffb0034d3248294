using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>RFC 3501 §2.3.2 system flags; \Recent is the session's affair.</summary>
[Flags]
public enum SystemFlags
{
    None = 0,
    Seen = 1,
    Answered = 2,
    Flagged = 4,
    Deleted = 8,
    Draft = 16,
}

/// <summary>A message as a mailbox lists it.</summary>
/// <param name="Keywords">Divided by one space; null for none.</param>
/// <param name="Size">RFC822.SIZE.</param>
public sealed record MailboxMessage(long Uid, long ModSeq, SystemFlags Flags, string? Keywords, DateTimeOffset InternalDate, long Size, long ContentId);

/// <summary>A mailbox and its messages in UID order.</summary>
public sealed record MailboxState(MailboxInfo Mailbox, IReadOnlyList<MailboxMessage> Messages);

/// <summary>What changed in a mailbox.</summary>
/// <param name="Changed">New messages and messages with new flags, in UID order.</param>
/// <param name="Vanished">UIDs that went, ascending.</param>
public sealed record MailboxChanges(long UidNext, long HighestModSeq, IReadOnlyList<MailboxMessage> Changed, IReadOnlyList<long> Vanished)
{
    /// <summary>
    /// The memory of vanished UIDs does not go back that far: <see cref="Changed"/> is every message of the mailbox, and
    /// whatever else the reader knows has vanished.
    /// </summary>
    public bool IsWholeMailbox { get; init; }
}

/// <summary>What a message consists of.</summary>
/// <param name="MessageId">Trace id of the message; of an appended one, an id of its own.</param>
public sealed record MessageContent(long Id, string MessageId, string Blob, long BlobSize, byte[] HeaderPrefix, byte[] Envelope, byte[] Structure);

/// <summary>A message for APPEND.</summary>
/// <param name="InternalDate">Now where null.</param>
public sealed record NewMessage(string Blob, long Size, SystemFlags Flags, string? Keywords, DateTimeOffset? InternalDate);

public sealed record AppendedMessage(long UidValidity, long Uid);

/// <summary>RFC 4315 COPYUID: uid i of Source became uid i of Target.</summary>
public sealed record CopiedMessages(long UidValidity, IReadOnlyList<long> SourceUids, IReadOnlyList<long> TargetUids);

/// <summary>STORE: FLAGS, +FLAGS or -FLAGS.</summary>
public sealed record FlagChange(FlagOperation Operation, SystemFlags Flags, IReadOnlyList<string> Keywords);

public enum FlagOperation
{
    Replace,
    Add,
    Remove,
}

/// <summary>Where one command's recipients ended.</summary>
public sealed record DeliveryOutcome(string MessageId, IReadOnlyList<RecipientOutcome> Recipients);

/// <param name="Mailbox">Name of the mailbox; null where the account is gone.</param>
/// <param name="Duplicate">Delivered before; nothing was done now.</param>
public sealed record RecipientOutcome(LocalRecipient Recipient, string? Mailbox, long Uid, bool Duplicate);
