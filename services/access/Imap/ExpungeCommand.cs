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
        // RFC 9738 §3.1: EXPUNGE and CLOSE, whose messages no client can choose, know no limit.
        if (Uids is null)
            return Complete(session, await RunAsync(view));
        await view.RefreshAsync();
        var limited = MessageLimit.Of(session).Cut(Deleted(view.Newest, Among(view)));
        var any = await ExpungeAsync(view, limited.Messages);
        return limited.Complete(session.Writer, Complete(session, any));
    }

    /// <summary>RFC 7162 §3.2.7: after messages went, a client with QRESYNC is told up to where it now knows the mailbox. The news follow before the tagged reply.</summary>
    public static string? HighestModSeq(ImapSession session) =>
        session.Enabled.QResync ? $"HIGHESTMODSEQ {session.SelectedView.Newest.HighestModSeq}" : null;

    /// <summary>Removes all messages that have \Deleted; true where there were any.</summary>
    public static async ValueTask<bool> RunAsync(MailboxView view)
    {
        var deleted = Deleted(view.Newest, All);
        if (deleted.Count == 0)
        {
            await view.RefreshAsync();
            deleted = Deleted(view.Newest, All);
        }
        var any = await ExpungeAsync(view, deleted);
        // Another session may have given \Deleted to more before, of which this one knows by now.
        if (deleted.Count > 0 && Deleted(view.Newest, All) is { Count: > 0 } more)
            any |= await ExpungeAsync(view, more);
        return any;
    }

    private static async ValueTask<bool> ExpungeAsync(MailboxView view, List<SequencedMessage> deleted) =>
        deleted.Count > 0 && await view.ExpungeAsync(deleted.ConvertAll(m => m.Message.Uid));

    private Completion Complete(ImapSession session, bool any) =>
        Completion.Ok(Uids is null ? "Expunge completed" : "UID expunge completed", any ? HighestModSeq(session) : null);

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
