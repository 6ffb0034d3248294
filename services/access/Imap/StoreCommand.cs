using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.6 STORE.</summary>
internal sealed record StoreCommand(SequenceSet Set, bool ByUid, FlagChange Change, bool Silent) : IImapCommand
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
        var messages = view.Messages(sequences).ToList();
        if (messages.Count == 0)
            return Completion.Ok("Store completed");
        var uids = messages.ConvertAll(m => m.Message.Uid);
        await session.Backend.Store.StoreFlagsAsync(view.MailboxId, uids, change);
        await view.RefreshAsync();
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid, new OwnChange(uids.ToHashSet(), change, reportsAll: !Silent));
        if (!Silent)
            await ReportAsync(session, view, messages);
        if (change.Operation != FlagOperation.Remove && change.Flags.HasFlag(SystemFlags.Seen))
            await FirstRead.TellAsync(session, messages);
        return Completion.Ok("Store completed");
    }

    private async ValueTask ReportAsync(ImapSession session, MailboxView view, List<SequencedMessage> messages)
    {
        foreach (var (sequence, message) in messages)
        {
            // Of a message that another session expunged there are no flags to tell.
            if (view.Newest.SequenceOf(message.Uid) == 0)
                continue;
            view.WriteFlags(session.Writer, new SequencedMessage(sequence, view.Shown[sequence]), ByUid);
            await session.Writer.FlushIfLargeAsync();
        }
    }

    private static StoreCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectSpace();
        var operation = scanner.Take('+') ? FlagOperation.Add : scanner.Take('-') ? FlagOperation.Remove : FlagOperation.Replace;
        if (!scanner.TakeWord("FLAGS"))
            scanner.Fail("FLAGS expected");
        var silent = scanner.TakeWord(".SILENT");
        scanner.ExpectSpace();
        var flags = scanner.Ahead == '(' ? FlagList.ParseList(ref scanner) : FlagList.ParseFlags(ref scanner);
        return new StoreCommand(set, byUid, new FlagChange(operation, flags.System, flags.Keywords), silent);
    }
}
