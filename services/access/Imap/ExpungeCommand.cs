using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.3 EXPUNGE, and UID EXPUNGE (RFC 4315 §2.1), which takes only those of the set.</summary>
internal sealed record ExpungeCommand(SequenceSet? Uids) : IImapCommand
{
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
        var hasExpunged = await RunAsync(session, view.Newest, Uids);
        await view.RefreshAsync();
        return Completion.Ok(Uids is null ? "Expunge completed" : "UID expunge completed", hasExpunged ? HighestModSeq(session) : null);
    }

    /// <summary>RFC 7162 §3.2.7: after messages went, a client with QRESYNC is told up to where it now knows the mailbox. The news follow before the tagged reply.</summary>
    public static string? HighestModSeq(ImapSession session) =>
        session.Enabled.QResync ? $"HIGHESTMODSEQ {session.SelectedView.Newest.HighestModSeq}" : null;

    /// <summary>Removes the messages that have \Deleted; true where there were any.</summary>
    public static async ValueTask<bool> RunAsync(ImapSession session, MailboxSnapshot newest, SequenceSet? uids = null)
    {
        var among = uids is { IsSaved: true }
            ? session.SelectedView.Saved
            : uids?.Resolve((uint)newest.LastUid) ?? [new SequenceSet.Range(1, SequenceSet.Largest)];
        var deleted = new List<long>();
        foreach (var range in among)
        {
            foreach (var message in newest.UidRange(range.First, range.Last))
            {
                if (message.Message.Flags.HasFlag(SystemFlags.Deleted))
                    deleted.Add(message.Message.Uid);
            }
        }
        return deleted.Count > 0 && (await session.Backend.Store.ExpungeAsync(newest.Mailbox.Id, deleted)).Count > 0;
    }
}
