using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>
/// The selected mailbox as the client knows it. It moves towards the newest snapshot only by <see cref="Update"/>, which
/// tells the client each step, so that both always mean the same message by a sequence number.
/// </summary>
internal sealed class MailboxView : IAsyncDisposable
{
    private readonly SelectedMailbox _mailbox;
    private readonly EnabledExtensions _enabled;
    private readonly HashSet<string> _keywords;

    /// <summary>UIDs from and up to, ascending: those of which this session was the first to be told.</summary>
    private readonly List<(long From, long Next)> _recent;

    /// <summary>The snapshot that <see cref="Shown"/> was last brought up to.</summary>
    private MailboxSnapshot _reached;

    /// <summary>Null in nearly every session.</summary>
    private SearchContexts? _contexts;

    /// <summary>MODSEQ up to which the client has been told everything; behind <see cref="_reached"/> while EXPUNGE is held back.</summary>
    private long _toldModSeq;

    public MailboxView(SelectedMailbox mailbox, ReachedMailbox reached, EnabledExtensions enabled)
    {
        _mailbox = mailbox;
        _enabled = enabled;
        Name = reached.Path;
        IsOwn = reached.IsOwn;
        Rights = reached.Rights;
        _reached = Shown = mailbox.Current; // read once: it moves
        _toldModSeq = Shown.HighestModSeq;
        _keywords = new HashSet<string>(Shown.Keywords, StringComparer.OrdinalIgnoreCase);
        var recentFrom = mailbox.ClaimRecent(Shown.UidNext);
        _recent = [(recentFrom, Math.Max(recentFrom, Shown.UidNext))];
    }

    public string Name { get; }

    /// <summary>RFC 5182 §2.1: the UIDs that $ stands for. UIDs never come back, so those that went need not be taken out.</summary>
    public IReadOnlyList<SequenceSet.Range> Saved { get; set; } = [];

    /// <summary>RFC 5267: searches that are kept up to date.</summary>
    public SearchContexts Contexts => _contexts ??= new SearchContexts();

    /// <summary>What the client knows. While EXPUNGE may not be sent, messages that went are still in it.</summary>
    public MailboxSnapshot Shown { get; private set; }

    /// <summary>The newest there is here, which the client need not know yet.</summary>
    public MailboxSnapshot Newest => _mailbox.Current;

    public long MailboxId => Shown.Mailbox.Id;

    public bool IsReadOnly => _mailbox.IsReadOnly;

    /// <summary>It is a mailbox of the session's account.</summary>
    public bool IsOwn { get; }

    /// <summary>RFC 4314: what the session may do here, as it was when its last command began.</summary>
    public MailboxRights Rights { get; private set; }

    /// <summary>Flags that the session may change here.</summary>
    public SettableFlags Settable => IsReadOnly ? default : SettableFlags.By(Rights);

    /// <summary>Another session deleted the mailbox.</summary>
    public bool IsDeleted => _mailbox.IsDeleted;

    /// <summary>RFC 3501 §2.3.2: this session was the first to be told of the message.</summary>
    public bool IsRecent(MailboxMessage message) => _recent.Exists(range => message.Uid >= range.From && message.Uid < range.Next);

    public int Recent => _recent.Sum(range => Shown.LowerBound(range.Next) - Shown.LowerBound(range.From));

    /// <summary>Keywords of the mailbox in a fixed order.</summary>
    public IEnumerable<string> Keywords => _keywords.Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>Catches up with the database; the client hears of it by <see cref="Update"/>.</summary>
    public Task RefreshAsync() => _mailbox.RefreshAsync();

    /// <summary>STORE; <see cref="Newest"/> has it.</summary>
    /// <inheritdoc cref="SelectedMailbox.StoreFlagsAsync"/>
    public Task<IReadOnlyList<long>> StoreFlagsAsync(IReadOnlyList<long> uids, FlagChange change, long? unchangedSince = null) =>
        _mailbox.StoreFlagsAsync(uids, change, unchangedSince);

    /// <inheritdoc cref="SelectedMailbox.ExpungeAsync"/>
    public Task<bool> ExpungeAsync(IReadOnlyList<long> uids) => _mailbox.ExpungeAsync(uids);

    /// <inheritdoc cref="SelectedMailbox.AppendAsync"/>
    public Task<AppendedMessages> AppendAsync(string name, IReadOnlyList<NewMessage> messages) => _mailbox.AppendAsync(name, messages);

    /// <summary>The mailbox where it is the session's own and selected by this name; whether it still has it is to be seen.</summary>
    public ReachedMailbox? AsReached(MailboxReader reader, string name) =>
        IsOwn && !IsDeleted && name.Equals(Name, Name == "INBOX" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            ? new ReachedMailbox(Shown.Mailbox, reader.Address, Name, MailboxRights.All)
            : null;

    /// <summary>Looks up what the session may do here now; false where it lacks one of these rights.</summary>
    public async ValueTask<bool> RefreshRightsAsync(ImapSession session, MailboxRights needed)
    {
        if (!IsOwn)
            Rights = await session.Backend.Access.RightsAsync(session.Identity, Shown.Mailbox);
        return (Rights & needed) == needed;
    }

    /// <summary>What is new is not for the client, as things are; it is told when there is more, if it may hear of it then.</summary>
    public void PassOver() => _reached = _mailbox.Current;

    /// <summary>Completes when there is more to tell than the client knows.</summary>
    public Task WaitForChangeAsync(CancellationToken cancellationToken) => _mailbox.WaitForChangeAsync(_reached, cancellationToken);

    /// <summary>Tells the client what changed since it was told last.</summary>
    /// <param name="rule">Whether EXPUNGE may be sent here.</param>
    /// <param name="withUid">FETCH replies show the UID.</param>
    /// <param name="expected">The session's own change, which needs no report where it is all that changed in a message.</param>
    /// <param name="flags">False for a client that does not want to hear of flags (RFC 5465).</param>
    public void Update(ImapWriter writer, UpdateRule rule, bool withUid, OwnChange? expected = null, bool flags = true)
    {
        var newest = _mailbox.Current;
        if (rule == UpdateRule.None || !Rights.HasFlag(MailboxRights.Read) || ReferenceEquals(newest, Shown) || (rule == UpdateRule.WithoutExpunge && ReferenceEquals(newest, _reached)))
            return;
        var target = rule == UpdateRule.All ? newest : MailboxSnapshot.KeepVanished(Shown, newest);
        var difference = MailboxSnapshot.Diff(Shown, target);
        var before = Shown;
        (Shown, _reached) = (target, newest);
        _contexts?.OnVanishing(writer, before, difference.Vanished);
        _contexts?.OnChanged(difference);
        if (ReferenceEquals(target, newest))
            _toldModSeq = newest.HighestModSeq;

        TellVanished(writer, difference.Vanished);
        if (difference.Added.Count > 0)
        {
            AddRecent(newest.UidNext, difference.Added[0].Message.Uid);
            writer.Untagged(target.Count, "EXISTS"u8);
            TellRecent(writer);
        }
        TellNewKeywords(writer, difference);
        foreach (var changed in flags ? difference.Changed : [])
        {
            if (expected?.Covers(before.ByUid(changed.Message.Uid)!, changed.Message) != true)
                WriteFlags(writer, changed, withUid);
            else if (!expected.ReportsAll && _enabled.CondStore)
                WriteModSeq(writer, changed, withUid); // RFC 7162 §3.1.3: the client needs it, .SILENT or not
        }
    }

    /// <summary>RFC 5267 §4.3: tells what came into searches that are kept up to date, or left them.</summary>
    public ValueTask TellContextsAsync(ImapSession session) => _contexts?.TellAsync(session, this) ?? ValueTask.CompletedTask;

    /// <summary>RFC 7162 §3.1.2.1: the MODSEQ up to which the client knows everything.</summary>
    public void TellModSeq(ImapWriter writer) => writer.Untagged($"OK [HIGHESTMODSEQ {_toldModSeq}] Highest");

    /// <summary>
    /// RFC 7162 §3.2: no change may be lost to a client whose connection ends. A client takes the highest MODSEQ that it has read for
    /// the one it knows the mailbox at (§6), unless it is told another: so it is, while VANISHED is held back.
    /// </summary>
    public void TellModSeqHeldBack(ImapWriter writer)
    {
        if (_enabled.QResync && !ReferenceEquals(Shown, _reached))
            writer.Untagged($"OK [HIGHESTMODSEQ {_toldModSeq}] Some of the changes are still to be told");
    }

    /// <summary>A FETCH reply of a message's flags.</summary>
    public void WriteFlags(ImapWriter writer, SequencedMessage message, bool withUid)
    {
        StartFetch(writer, message, withUid || _enabled.ShowsUids);
        WriteFlagsItem(writer, message.Message);
        if (_enabled.CondStore)
        {
            writer.Write(' ');
            WriteModSeqItem(writer, message.Message);
        }
        writer.Write(")\r\n"u8);
    }

    /// <summary>A FETCH reply of a message's MODSEQ alone: the client knows its flags.</summary>
    public void WriteModSeq(ImapWriter writer, SequencedMessage message, bool withUid)
    {
        StartFetch(writer, message, withUid || _enabled.ShowsUids); // RFC 7162 §3.2.4, RFC 9051 §7.5.2
        WriteModSeqItem(writer, message.Message);
        writer.Write(")\r\n"u8);
    }

    public static void WriteModSeqItem(ImapWriter writer, MailboxMessage message)
    {
        writer.Write("MODSEQ ("u8);
        writer.Write(message.ModSeq);
        writer.Write(')');
    }

    /// <summary>The start of a FETCH reply, up to its parenthesis; with UIDONLY one of RFC 9586 §3.3, which names the UID alone.</summary>
    public void StartFetch(ImapWriter writer, SequencedMessage message)
    {
        writer.Write("* "u8);
        writer.Write(_enabled.UidOnly ? message.Message.Uid : message.Sequence);
        writer.Write(_enabled.UidOnly ? " UIDFETCH ("u8 : " FETCH ("u8);
    }

    public void TellRecent(ImapWriter writer)
    {
        if (!_enabled.Imap4Rev2)
            writer.Untagged(Recent, "RECENT"u8);
    }

    public void WriteFlagsItem(ImapWriter writer, MailboxMessage message)
    {
        writer.Write("FLAGS ("u8);
        writer.Write(FlagList.Format(message.Flags, message.Keywords, !_enabled.Imap4Rev2 && IsRecent(message)));
        writer.Write(')');
    }

    /// <summary>RFC 3501 §7.2.6: the flags that messages of the mailbox can have.</summary>
    public void WriteFlagNames(ImapWriter writer)
    {
        var names = string.Join(' ', Keywords.Prepend("\\Answered \\Flagged \\Deleted \\Seen \\Draft"));
        writer.Untagged($"FLAGS ({names})");
        writer.Untagged(PermanentFlags(names));
    }

    /// <summary>The messages of a set of sequence numbers or UIDs; null where a sequence number is beyond the mailbox.</summary>
    public IReadOnlyList<SequenceSet.Range>? Sequences(SequenceSet set, bool uids)
    {
        if (!uids && !set.IsSaved)
        {
            var ranges = set.Resolve((uint)Shown.Count);
            // RFC 3501 §9 seq-number: BAD beyond the mailbox's messages, in an empty one for * too.
            return ranges[^1].Last > Shown.Count || ranges[0].First == 0 ? null : ranges;
        }
        var found = new List<SequenceSet.Range>();
        foreach (var range in set.IsSaved ? Saved : set.Resolve((uint)Shown.LastUid))
        {
            var (first, next) = (Shown.LowerBound(range.First), Shown.LowerBound((long)range.Last + 1));
            if (next > first)
                found.Add(new SequenceSet.Range((uint)first, (uint)next - 1));
        }
        return found;
    }

    /// <summary>The messages of ranges of sequence numbers.</summary>
    public IEnumerable<SequencedMessage> Messages(IReadOnlyList<SequenceSet.Range> sequences)
    {
        foreach (var range in sequences)
        {
            foreach (var message in Shown.Range((int)range.First, (int)range.Last))
                yield return message;
        }
    }

    public ValueTask DisposeAsync() => _mailbox.DisposeAsync();

    private void StartFetch(ImapWriter writer, SequencedMessage message, bool withUid)
    {
        StartFetch(writer, message);
        if (!withUid || _enabled.UidOnly)
            return;
        writer.Write("UID "u8);
        writer.Write(message.Message.Uid);
        writer.Write(' ');
    }

    private void TellVanished(ImapWriter writer, IReadOnlyList<SequencedMessage> vanished)
    {
        if (_enabled.QResync || _enabled.UidOnly)
        {
            VanishedReply.Write(writer, vanished);
            return;
        }
        // From the last to the first, so that no number shifts another.
        for (var i = vanished.Count - 1; i >= 0; i--)
            writer.Untagged(vanished[i].Sequence, "EXPUNGE"u8);
    }

    /// <summary>RFC 4314 §5.1: only what the session may change is permanent to it.</summary>
    private string PermanentFlags(string names) => Settable switch
    {
        { IsAll: true } => $"OK [PERMANENTFLAGS ({names} \\*)] Keywords can be made",
        { Keywords: true } some => $"OK [PERMANENTFLAGS ({string.Join(' ', Keywords.Prepend(FlagList.Format(some.System, null, recent: false)))} \\*)] Not all flags can be changed",
        var some => $"OK [PERMANENTFLAGS ({FlagList.Format(some.System, null, recent: false)})] {(IsReadOnly ? "Mailbox is read-only" : "Not all flags can be changed")}",
    };

    private void AddRecent(long uidNext, long firstAdded)
    {
        var from = Math.Max(_mailbox.ClaimRecent(uidNext), firstAdded);
        if (from >= uidNext)
            return;
        if (_recent[^1].Next == from)
            _recent[^1] = (_recent[^1].From, uidNext);
        else
            _recent.Add((from, uidNext));
    }

    private void TellNewKeywords(ImapWriter writer, SnapshotDifference difference)
    {
        var known = _keywords.Count;
        foreach (var message in difference.Changed.Concat(difference.Added))
        {
            if (message.Message.Keywords is { } keywords)
                _keywords.UnionWith(keywords.Split(' '));
        }
        if (_keywords.Count > known)
            WriteFlagNames(writer);
    }
}
