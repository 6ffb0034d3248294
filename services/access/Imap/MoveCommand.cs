using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 6851 MOVE.</summary>
internal sealed record MoveCommand(SequenceSet Set, bool ByUid, string Target) : IImapCommand
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
        var limited = MessageLimit.Of(session).Cut([.. view.Messages(sequences)]);
        var uids = limited.Messages.ConvertAll(m => m.Message.Uid);
        if (uids.Count == 0)
            return Completion.Ok("No messages to move");
        try
        {
            var target = await CopyCommand.ReachAsync(session, Target);
            var moved = await session.Progress.WhileAsync(session.Backend.Store.MoveAsync(view.MailboxId, uids, CopyCommand.TargetOf(target)));
            await view.RefreshAsync();
            if (moved.SourceUids.Count == 0)
                return ByUid ? Completion.Ok("No messages to move") : Completion.SomeExpunged;
            // RFC 6851 §4.3: COPYUID stands before the EXPUNGEs, while the client still knows the messages.
            if (CopyCommand.Code(target, moved) is { } code)
                session.Writer.Untagged($"OK [{code}] Moved");
            return limited.Complete(session.Writer, Completion.Ok("Move completed", ExpungeCommand.HighestModSeq(session)));
        }
        catch (MailboxException refused)
        {
            return Completion.ForTarget(refused);
        }
    }

    private static MoveCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectSpace();
        return new MoveCommand(set, byUid, MailboxName.Parse(ref scanner));
    }
}
