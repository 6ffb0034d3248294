using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.3 EXPUNGE, and UID EXPUNGE (RFC 4315 §2.1), which takes only those of the set.</summary>
internal sealed record ExpungeCommand(SequenceSet? Uids) : IImapCommand
{
    private static readonly SequenceSet.Range[] All = [new(1, SequenceSet.Largest)];

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new ExpungeCommand(Uids: null);
    }

    public static IImapCommand ParseUid(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new ExpungeCommand(SequenceSet.Parse(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        if (view.IsReadOnly)
            return Completion.ReadOnlyMailbox;
        await view.RefreshAsync();
        // RFC 9738 §3.1: EXPUNGE and CLOSE, whose messages no client can choose, know no limit.
        var limit = Uids is null ? default : MessageLimit.Of(session);
        var limited = limit.Cut(Deleted(view.Newest, Among(view)));
        var hasExpunged = await RunAsync(session, view.Newest, limited.Messages);
        await view.RefreshAsync();
        return limited.Complete(session.Writer, Completion.Ok(Uids is null ? "Expunge completed" : "UID expunge completed", hasExpunged ? HighestModSeq(session) : null));
    }

    /// <summary>RFC 7162 §3.2.7: after messages went, a client with QRESYNC is told up to where it now knows the mailbox. The news follow before the tagged reply.</summary>
    public static string? HighestModSeq(ImapSession session) =>
        session.Enabled.QResync ? $"HIGHESTMODSEQ {session.SelectedView.Newest.HighestModSeq}" : null;

    /// <summary>Removes all messages that have \Deleted; true where there were any.</summary>
    public static ValueTask<bool> RunAsync(ImapSession session, MailboxSnapshot newest) => RunAsync(session, newest, Deleted(newest, All));

    private static async ValueTask<bool> RunAsync(ImapSession session, MailboxSnapshot newest, List<SequencedMessage> deleted) =>
        deleted.Count > 0 && (await session.Backend.Store.ExpungeAsync(newest.Mailbox.Id, deleted.ConvertAll(m => m.Message.Uid))).Count > 0;

    private IReadOnlyList<SequenceSet.Range> Among(MailboxView view) => Uids switch
    {
        null => All,
        { IsSaved: true } => view.Saved,
        _ => Uids.Resolve((uint)view.Newest.LastUid),
    };

    private static List<SequencedMessage> Deleted(MailboxSnapshot newest, IReadOnlyList<SequenceSet.Range> uids)
    {
        var deleted = new List<SequencedMessage>();
        foreach (var range in uids)
            deleted.AddRange(newest.UidRange(range.First, range.Last).Where(message => message.Message.Flags.HasFlag(SystemFlags.Deleted)));
        return deleted;
    }
}
