using System.Buffers.Text;
using System.Collections;
using MailMesh.Database;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §4: INBOX as it was at login, its messages numbered from 1 for the whole session.</summary>
internal sealed class Maildrop : IAsyncDisposable
{
    /// <summary>Messages whose contents are fetched by one query: a client that takes all asks for them in order.</summary>
    private const int ContentsAhead = 64;

    private readonly MailboxStore _store;
    private readonly HeldLease _lock;
    private readonly MailboxInfo _mailbox;
    private readonly IReadOnlyList<MailboxMessage> _messages;
    private readonly BitArray _deleted;
    private readonly HashSet<long> _retrieved = [];
    private readonly Dictionary<long, MessageContent> _contents = [];
    private int _lastOpened;

    private Maildrop(MailboxStore store, MailboxState state, HeldLease maildropLock)
    {
        _store = store;
        _lock = maildropLock;
        _mailbox = state.Mailbox;
        _messages = state.Messages;
        _deleted = new BitArray(_messages.Count);
        Reset();
    }

    /// <summary>Messages, deleted ones included: the highest number.</summary>
    public int Total => _messages.Count;

    /// <summary>Messages that are not deleted.</summary>
    public int Count { get; private set; }

    /// <summary>Size of the messages that are not deleted.</summary>
    public long Octets { get; private set; }

    public MailboxMessage this[int number] => _messages[number - 1];

    /// <param name="store">Where the account's mail is.</param>
    /// <param name="accountId">Whose INBOX.</param>
    /// <param name="maildropLock">Freed with the maildrop, or at once where it cannot be opened.</param>
    /// <exception cref="MaildropUnavailableException">The store does not answer.</exception>
    public static async Task<Maildrop> OpenAsync(MailboxStore store, long accountId, HeldLease maildropLock)
    {
        try
        {
            return new Maildrop(store, await store.OpenAsync(accountId, "INBOX"), maildropLock);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await maildropLock.DisposeAsync();
            throw new MaildropUnavailableException(failure);
        }
    }

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>The message exists and is not deleted.</summary>
    public bool Has(int number) => number >= 1 && number <= Total && !_deleted[number - 1];

    public void Delete(int number)
    {
        _deleted[number - 1] = true;
        Count--;
        Octets -= this[number].Size;
    }

    public void Reset()
    {
        _deleted.SetAll(false);
        Count = _messages.Count;
        Octets = 0;
        foreach (var message in _messages)
            Octets += message.Size;
    }

    /// <summary>True the first time, for a message that nobody read before.</summary>
    public bool MarkRetrieved(int number) => _retrieved.Add(this[number].Uid) && !this[number].Flags.HasFlag(SystemFlags.Seen);

    /// <summary>RFC 1939 §7 unique-id: UIDVALIDITY and UID of IMAP, which together never name another message.</summary>
    public int WriteUniqueId(int number, Span<byte> target)
    {
        Utf8Formatter.TryFormat(_mailbox.UidValidity, target, out var length);
        target[length++] = (byte)'-';
        Utf8Formatter.TryFormat(this[number].Uid, target[length..], out var uidLength);
        return length + uidLength;
    }

    /// <summary>What the message consists of; null where another session removed it.</summary>
    /// <exception cref="MaildropUnavailableException">The store does not answer.</exception>
    public async ValueTask<MessageContent?> FindContentAsync(int number)
    {
        var wanted = this[number].ContentId;
        var step = number < _lastOpened ? -1 : 1; // some clients begin with the newest
        _lastOpened = number;
        if (_contents.TryGetValue(wanted, out var known))
            return known;
        var ids = new List<long>(ContentsAhead);
        for (var next = number; next >= 1 && next <= Total && ids.Count < ContentsAhead; next += step)
        {
            if (!_deleted[next - 1])
                ids.Add(this[next].ContentId);
        }
        await FetchAsync(ids);
        return _contents.GetValueOrDefault(wanted);
    }

    /// <summary>The message, and how many octets it has.</summary>
    /// <param name="takesUtf8">RFC 6856 §2: the client takes UTF-8 in headers; another gets them as RFC 6858 downgrades them.</param>
    /// <exception cref="MaildropUnavailableException">The store does not answer.</exception>
    public async ValueTask<(Stream Message, long Octets)> OpenMessageAsync(int number, MessageContent content, bool takesUtf8)
    {
        try
        {
            if (takesUtf8 || !MessageIndex.IsInternational(content.Structure))
                return (await _store.OpenMessageAsync(content), this[number].Size);
            var downgraded = await DowngradedMessage.ReadAsync(MessageIndex.DecodeStructure(content.Structure), offset => _store.OpenMessageAsync(content, offset));
            return (downgraded.Open(0), downgraded.Length);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    /// <summary>The update state: what was retrieved gets \Seen, as IMAP shows it then; what was deleted goes.</summary>
    /// <exception cref="MaildropUnavailableException">The store did not do it, or the maildrop is no longer this session's alone.</exception>
    public async Task UpdateAsync()
    {
        if (_lock.IsLost)
            throw new MaildropUnavailableException(new TimeoutException("The lock on the maildrop ran out while the database was away."));
        var deleted = DeletedUids();
        var seen = SeenUids();
        try
        {
            if (seen.Count > 0)
                await _store.StoreFlagsAsync(_mailbox.Id, seen, new FlagChange(FlagOperation.Add, SystemFlags.Seen, []));
            if (deleted.Count > 0)
                await _store.ExpungeAsync(_mailbox.Id, deleted, evenWithoutDeleted: true);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    private async ValueTask FetchAsync(List<long> ids)
    {
        _contents.Clear();
        try
        {
            foreach (var content in await _store.ContentsAsync(ids))
                _contents[content.Id] = content with { Envelope = [], Structure = StructureOf(content) }; // kept a while: without what POP3 does not show
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    private static byte[] StructureOf(MessageContent content) => MessageIndex.IsInternational(content.Structure) ? content.Structure : [];

    private List<long> DeletedUids()
    {
        var uids = new List<long>(Total - Count);
        for (var number = 1; number <= Total; number++)
        {
            if (_deleted[number - 1])
                uids.Add(this[number].Uid);
        }
        return uids;
    }

    private List<long> SeenUids()
    {
        var uids = new List<long>();
        for (var number = 1; number <= Total; number++)
        {
            var message = this[number];
            if (!_deleted[number - 1] && !message.Flags.HasFlag(SystemFlags.Seen) && _retrieved.Contains(message.Uid))
                uids.Add(message.Uid);
        }
        return uids;
    }
}
