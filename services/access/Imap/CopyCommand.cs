using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.7 COPY, answered with COPYUID (RFC 4315 §3).</summary>
internal sealed record CopyCommand(SequenceSet Set, bool ByUid, string Target) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        if (view.Sequences(Set, ByUid) is not { } sequences)
            return Completion.BadSequence;
        var uids = view.Messages(sequences).Select(m => m.Message.Uid).ToList();
        if (uids.Count == 0)
            return Completion.Ok("No messages to copy");
        // RFC 9738 §3.1: COPY copies all of them or none.
        if (MessageLimit.Of(session) is var limit && limit.IsPassedBy(uids.Count))
            return limit.Refusal(uids[uids.Count - (int)limit.Messages]);
        try
        {
            var target = await ReachAsync(session, Target);
            var copied = await session.Progress.WhileAsync(session.Backend.Store.CopyAsync(view.MailboxId, uids, TargetOf(target)));
            await view.RefreshAsync(); // the target may be the selected mailbox
            if (copied.SourceUids.Count == 0)
                return ByUid ? Completion.Ok("No messages to copy") : Completion.SomeExpunged;
            return Completion.Ok("Copy completed", Code(target, copied));
        }
        catch (MailboxException refused)
        {
            return Completion.ForTarget(refused);
        }
    }

    /// <summary>RFC 4314 §4: i lets messages in.</summary>
    public static Task<ReachedMailbox> ReachAsync(ImapSession session, string name) =>
        session.Backend.Access.RequireSelectableAsync(session.Identity, name, MailboxRights.Insert);

    /// <summary>RFC 4314 §4: flags that could not be set there stay behind.</summary>
    public static CopyTarget TargetOf(ReachedMailbox mailbox) => new(mailbox.Mailbox, SettableFlags.By(mailbox.Rights));

    /// <summary>Null for whoever may not select the target: see <see cref="AppendCommand.Code"/>.</summary>
    public static string? Code(ReachedMailbox target, CopiedMessages copied) => target.May(MailboxRights.Read)
        ? $"COPYUID {copied.UidValidity} {UidSet.Format(copied.SourceUids)} {UidSet.Format(copied.TargetUids)}"
        : null;

    private static CopyCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectSpace();
        return new CopyCommand(set, byUid, MailboxName.Parse(ref scanner));
    }
}
