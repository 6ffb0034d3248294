using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>
/// The messages of mailboxes: reading, delivering, and every change that IMAP and POP3 make. Each change takes a new
/// MODSEQ, is durable when it returns, and is told to all sessions by <see cref="MailboxChanged"/>.
/// </summary>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxStore(MailDatabase database, IBlobStore blobs, IMessageBus bus, TimeProvider clock)
{
    private readonly object[] _dependencies = [database, blobs, bus, clock];

    /// <summary>The mailbox, when a session may select it.</summary>
    internal Task<MailboxInfo> FindSelectableAsync(long accountId, string name) => throw new NotImplementedException(name);

    /// <summary>Gives the UID from which messages are \Recent; with <paramref name="claim"/>, present messages are so to no later session.</summary>
    internal Task<long> ClaimRecentAsync(long mailboxId, bool claim) => throw new NotImplementedException(claim.ToString());

    internal Task<MailboxState> LoadAsync(long mailboxId) => throw new NotImplementedException(mailboxId.ToString());

    /// <summary>The mailbox as it is now.</summary>
    public Task<MailboxState> OpenAsync(long accountId, string name) => throw new NotImplementedException(name + _dependencies.Length);

    /// <summary>Everything that changed after <paramref name="modSeq"/>: messages new or with new flags, and UIDs that went.</summary>
    public Task<MailboxChanges> ChangesSinceAsync(long mailboxId, long modSeq) => throw new NotImplementedException();

    /// <summary>What messages consist of, in the order of <paramref name="contentIds"/>; one that went is absent.</summary>
    public Task<IReadOnlyList<MessageContent>> ContentsAsync(IReadOnlyList<long> contentIds) => throw new NotImplementedException();

    /// <summary>A message from <paramref name="offset"/>: header prefix and body as one.</summary>
    public ValueTask<Stream> OpenMessageAsync(MessageContent content, long offset = 0, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Delivers judged messages to their accounts in one transaction; idempotent by (message id, recipient).</summary>
    /// <returns>For each command, the recipients and where the message went; a recipient delivered before is marked so.</returns>
    public Task<IReadOnlyList<DeliveryOutcome>> DeliverAsync(IReadOnlyList<DeliverMessage> messages) => throw new NotImplementedException();

    /// <summary>IMAP APPEND: the body is in the blob store already.</summary>
    public Task<AppendedMessage> AppendAsync(long mailboxId, NewMessage message) => throw new NotImplementedException();

    /// <summary>Changes flags of the messages that still exist.</summary>
    public Task StoreFlagsAsync(long mailboxId, IReadOnlyList<long> uids, FlagChange change) => throw new NotImplementedException();

    /// <summary>Copies messages; gives old and new UIDs (RFC 4315 COPYUID). All or nothing.</summary>
    public Task<CopiedMessages> CopyAsync(long sourceId, IReadOnlyList<long> uids, long accountId, string target) => throw new NotImplementedException();

    /// <summary>RFC 6851: copies and removes in one transaction.</summary>
    public Task<CopiedMessages> MoveAsync(long sourceId, IReadOnlyList<long> uids, long accountId, string target) => throw new NotImplementedException();

    /// <summary>Removes those of the messages that have \Deleted, or all of them when <paramref name="evenWithoutDeleted"/>; gives the UIDs that went.</summary>
    public Task<IReadOnlyList<long>> ExpungeAsync(long mailboxId, IReadOnlyList<long> uids, bool evenWithoutDeleted = false) => throw new NotImplementedException();
}

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
