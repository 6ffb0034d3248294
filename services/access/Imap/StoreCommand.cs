using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.6 STORE, with the condition of RFC 7162.</summary>
/// <param name="UnchangedSince">RFC 7162 §3.1.3: only messages whose MODSEQ is no higher; null for any.</param>
internal sealed record StoreCommand(SequenceSet Set, bool ByUid, FlagChange Change, bool Silent, long? UnchangedSince) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        if (view.Sequences(Set, ByUid) is not { } sequences)
            return Completion.BadSequence;
        if (view.IsReadOnly)
            return Completion.ReadOnlyMailbox;
        if (Change.Within(view.Settable) is not { } change)
            return Completion.NoPermission;
        if (UnchangedSince is not null)
            session.BecomeCondStoreAware(); // RFC 7162 §3.1
        var limited = MessageLimit.Of(session).Cut([.. view.Messages(sequences)]);
        var messages = limited.Messages;
        if (messages.Count == 0)
            return Completion.Ok("Store completed");
        var uids = messages.ConvertAll(m => m.Message.Uid);
        var refused = (await view.StoreFlagsAsync(uids, change, UnchangedSince)).ToHashSet();
        var stored = refused.Count == 0 ? messages : messages.FindAll(m => !refused.Contains(m.Message.Uid));
        var own = new OwnChange(stored.Select(m => m.Message.Uid).ToHashSet(), change, reportsAll: !Silent);
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid, own);
        await ReportAsync(session, messages, refused);
        if (change.Operation != FlagOperation.Remove && change.Flags.HasFlag(SystemFlags.Seen))
            await FirstRead.TellAsync(session, stored);
        return limited.Complete(session.Writer, refused.Count == 0
            ? Stored(view, messages)
            : Completion.Ok("Some of the messages have changed since", $"MODIFIED {UidSet.Format(Numbers(messages, refused))}"));
    }

    /// <summary>RFC 5530 §3: whoever names messages by numbers is told that some were no longer there to be changed. A UID of none is passed over (RFC 3501 §6.4.8).</summary>
    private Completion Stored(MailboxView view, List<SequencedMessage> messages) =>
        !ByUid && messages.Exists(m => view.Newest.SequenceOf(m.Message.Uid) == 0)
            ? Completion.Ok("Some of the messages no longer exist", "EXPUNGEISSUED")
            : Completion.Ok("Store completed");

    /// <summary>RFC 7162 §3.1.3: sequence numbers, or UIDs of UID STORE.</summary>
    private IEnumerable<long> Numbers(List<SequencedMessage> messages, HashSet<long> refused) =>
        messages.Where(m => refused.Contains(m.Message.Uid)).Select(m => ByUid ? m.Message.Uid : m.Sequence);

    /// <summary>What the news that went before did not tell of the messages.</summary>
    private async ValueTask ReportAsync(ImapSession session, List<SequencedMessage> messages, HashSet<long> refused)
    {
        var view = session.SelectedView;
        foreach (var (sequence, before) in messages)
        {
            // Of a message that another session expunged there are no flags to tell.
            if (view.Newest.SequenceOf(before.Uid) == 0)
                continue;
            var now = new SequencedMessage(sequence, view.Shown[sequence]);
            var isTold = now.Message.ModSeq != before.ModSeq; // where the message is not among the own changes that are reported here
            if (refused.Contains(before.Uid))
            {
                // The client holds an old MODSEQ for the newest, or forgot: what it should know spares it a FETCH.
                if (!isTold)
                    view.WriteFlags(session.Writer, now, ByUid);
            }
            else if (!Silent)
            {
                view.WriteFlags(session.Writer, now, ByUid);
            }
            else if (UnchangedSince is not null && !isTold)
            {
                view.WriteModSeq(session.Writer, now, ByUid); // RFC 7162 §3.1.3: even after .SILENT
            }
            await session.Writer.FlushIfLargeAsync();
        }
    }

    private static StoreCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectSpace();
        var unchangedSince = ParseCondition(ref scanner);
        var operation = scanner.Take('+') ? FlagOperation.Add : scanner.Take('-') ? FlagOperation.Remove : FlagOperation.Replace;
        if (!scanner.TakeWord("FLAGS"))
            scanner.Fail("FLAGS expected");
        var silent = scanner.TakeWord(".SILENT");
        scanner.ExpectSpace();
        var flags = scanner.Ahead == '(' ? FlagList.ParseList(ref scanner) : FlagList.ParseFlags(ref scanner);
        return new StoreCommand(set, byUid, new FlagChange(operation, flags.System, flags.Keywords), silent, unchangedSince);
    }

    private static long? ParseCondition(ref ImapScanner scanner)
    {
        if (!scanner.Take('('))
            return null;
        if (!scanner.TakeWord("UNCHANGEDSINCE "))
            scanner.Fail("Unknown modifier");
        var modSeq = scanner.ModSeq();
        scanner.Expect(')');
        scanner.ExpectSpace();
        return modSeq;
    }
}
