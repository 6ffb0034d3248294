using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>The mailbox names of an account: hierarchy, subscriptions, special uses, counters.</summary>
/// <remarks>Names are UTF-8 with '/' between levels; INBOX in any case is INBOX. Every account has INBOX, Drafts, Sent, Junk, Trash and Archive from its first use.</remarks>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxDirectory(MailDatabase database, IMessageBus bus, TimeProvider clock)
{
    private readonly object[] _dependencies = [database, bus, clock];

    /// <summary>Every mailbox of the account, ordered by name, INBOX first.</summary>
    public Task<IReadOnlyList<MailboxInfo>> ListAsync(long accountId) => throw new NotImplementedException(_dependencies.Length.ToString());

    public Task<MailboxInfo?> FindAsync(long accountId, string name) => throw new NotImplementedException(name);

    /// <summary>RFC 3501 §6.3.3; missing superiors are made too.</summary>
    public Task<MailboxInfo> CreateAsync(long accountId, string name, string? specialUse = null) => throw new NotImplementedException(name);

    /// <summary>RFC 3501 §6.3.4: a mailbox with inferiors keeps its name as \Noselect; INBOX cannot go.</summary>
    public Task DeleteAsync(long accountId, string name) => throw new NotImplementedException(name);

    /// <summary>RFC 3501 §6.3.5: inferiors move along; renaming INBOX moves its messages.</summary>
    public Task RenameAsync(long accountId, string from, string to) => throw new NotImplementedException(from);

    public Task SubscribeAsync(long accountId, string name) => throw new NotImplementedException(name);

    public Task UnsubscribeAsync(long accountId, string name) => throw new NotImplementedException(name);

    public Task<IReadOnlyList<string>> SubscriptionsAsync(long accountId) => throw new NotImplementedException();

    /// <summary>Counts by SQL, without a snapshot.</summary>
    public Task<MailboxStatus> StatusAsync(long accountId, string name) => throw new NotImplementedException(name);
}

public sealed record MailboxInfo(long Id, long AccountId, string Name, long UidValidity, long UidNext, long HighestModSeq, string? SpecialUse, bool NoSelect);

/// <param name="Recent">Messages that the next session to select the mailbox will see as \Recent.</param>
public sealed record MailboxStatus(MailboxInfo Mailbox, long Messages, long Unseen, long Deleted, long SizeBytes, long Recent);

/// <summary>A refusal that the client can do something about.</summary>
public sealed class MailboxException(MailboxRefusal refusal, string message) : Exception(message)
{
    public MailboxRefusal Refusal { get; } = refusal;
}

public enum MailboxRefusal
{
    /// <summary>RFC 5530 NONEXISTENT; for COPY and APPEND [TRYCREATE].</summary>
    NonExistent,

    /// <summary>RFC 5530 ALREADYEXISTS.</summary>
    AlreadyExists,

    /// <summary>RFC 5530 CANNOT: the name is not one, or INBOX cannot do this.</summary>
    Cannot,

    /// <summary>RFC 5530 LIMIT: too many mailboxes, keywords, or too long a name.</summary>
    Limit,
}
