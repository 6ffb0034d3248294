using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 8508 REPLACE and UID REPLACE: a message in the place of another, in one step.</summary>
/// <param name="Replaced">Null for *, the last message.</param>
internal sealed record ReplaceCommand(uint? Replaced, bool ByUid, string Mailbox, MessageArguments Messages) : IMessageCommand
{
    private static readonly Completion NoMessage = Completion.No("No message has such a UID");

    private static readonly Completion Gone = Completion.No("The message no longer exists", "EXPUNGEISSUED");

    public LiteralMarker? Unread { get; set; } = Messages.Literal;

    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        if (Replaced is null ? view.Shown.Count == 0 : !ByUid && Replaced > view.Shown.Count)
            return Completion.BadSequence;
        if (view.IsReadOnly)
            return Completion.ReadOnlyMailbox;
        // The client's number means this message, whatever goes while the other one arrives.
        var uid = Replaced is not { } number ? view.Shown.LastUid : ByUid ? number : view.Shown[(int)number].Uid;
        if (view.Shown.ByUid(uid) is null)
            return uid < view.Shown.UidNext ? Gone : NoMessage;
        try
        {
            var target = await CopyCommand.ReachAsync(session, Mailbox);
            await using var intake = new MessageIntake(session, this, SettableFlags.By(target.Rights));
            if (await intake.TakeAsync() is { } refusal)
                return refusal;
            if (await session.Backend.Store.ReplaceAsync(view.MailboxId, uid, target.Mailbox.Id, intake.Messages[0]) is not { } appended)
                return Gone;
            await view.RefreshAsync();
            // RFC 8508 §3.1: the client hears of the new message before the old one's EXPUNGE.
            if (AppendCommand.Code(target, appended) is { } code)
                session.Writer.Untagged($"OK [{code}] Replacement is there");
            return Completion.Ok("Replace completed", ExpungeCommand.HighestModSeq(session));
        }
        catch (MailboxException refused)
        {
            return Completion.ForTarget(refused);
        }
    }

    private static ReplaceCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        uint? replaced = scanner.Take('*') ? null : scanner.NonZeroNumber(); // §5: a seq-number
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        return new ReplaceCommand(replaced, byUid, mailbox, MessageArguments.Parse(ref scanner, isSingle: true));
    }
}
