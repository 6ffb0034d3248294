using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.1 SELECT and §6.3.2 EXAMINE, with the parameters of RFC 7162.</summary>
/// <param name="CondStore">RFC 7162 §3.1.8.</param>
/// <param name="Known">RFC 7162 §3.2.5: what the client has of the mailbox, to hear what changed since; null for a client that asks nothing.</param>
internal sealed record SelectCommand(string Mailbox, bool ReadOnly, bool CondStore, QResyncParameter? Known) : IImapCommand
{
    /// <summary>RFC 4314 §5.2: without any of these the mailbox is read-only.</summary>
    private const MailboxRights Changing =
        MailboxRights.Insert | MailboxRights.Expunge | MailboxRights.KeepSeen | MailboxRights.Write | MailboxRights.DeleteMessages;

    public static IImapCommand ParseSelect(ref ImapScanner scanner) => Parse(ref scanner, readOnly: false);

    public static IImapCommand ParseExamine(ref ImapScanner scanner) => Parse(ref scanner, readOnly: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Known is not null && !session.Enabled.QResync)
            return QResyncParameter.NotEnabled;
        if (Known?.Matches.Count > 0 && session.Enabled.UidOnly)
            return Completion.UidRequired;
        if (CondStore)
            session.Enabled.Add(Extension.CondStore);
        if (session.View is not null)
        {
            // Even where the new one cannot be selected, the old one no longer is. RFC 7162 §3.2.11: what follows is not of the old one.
            await session.UnselectAsync();
            session.Writer.Untagged("OK [CLOSED] Previous mailbox is closed");
        }
        var reached = await session.Backend.Access.RequireSelectableAsync(session.Identity, Mailbox, MailboxRights.Read);
        var readOnly = ReadOnly || (reached.Rights & Changing) == 0;
        var view = new MailboxView(await session.Backend.Snapshots.OpenAsync(reached.Mailbox, readOnly), reached, session.Enabled);
        session.Select(view);
        Describe(session, view);
        if (Known is not null)
            await Known.TellAsync(session, view);
        return Completion.Ok(ReadOnly ? "Examine completed" : "Select completed", readOnly ? "READ-ONLY" : "READ-WRITE");
    }

    private static SelectCommand Parse(ref ImapScanner scanner, bool readOnly)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        var condStore = false;
        QResyncParameter? known = null;
        if (scanner.TakeWord(" ("))
        {
            do
            {
                var name = scanner.Keyword();
                if (name == "CONDSTORE" && !condStore)
                    condStore = true;
                else if (name == "QRESYNC" && known is null)
                    known = QResyncParameter.Parse(ref scanner);
                else
                    scanner.Fail("Unknown or repeated parameter");
            }
            while (scanner.Take(' '));
            scanner.Expect(')');
        }
        return new SelectCommand(mailbox, readOnly, condStore, known);
    }

    private void Describe(ImapSession session, MailboxView view)
    {
        var writer = session.Writer;
        var shown = view.Shown;
        view.WriteFlagNames(writer);
        writer.Untagged(shown.Count, "EXISTS"u8);
        view.TellRecent(writer);
        if (session.Enabled.Imap4Rev2)
            ListEntry.WriteName(writer, view.Name, Mailbox); // RFC 9051 §6.3.2
        else if (!session.Enabled.UidOnly && shown.FirstUnseen is > 0 and var unseen)
            writer.Untagged($"OK [UNSEEN {unseen}] First unseen");
        writer.Untagged($"OK [UIDVALIDITY {shown.Mailbox.UidValidity}] UIDs valid");
        writer.Untagged($"OK [UIDNEXT {shown.UidNext}] Predicted next UID");
        writer.Untagged($"OK [HIGHESTMODSEQ {shown.HighestModSeq}] Highest");
        writer.Untagged($"OK [MAILBOXID ({ObjectId.Of(shown.Mailbox)})] Identified");
        writer.Untagged($"OK [URLMECH {UrlToken.Mechanism}] URLs can be authorized"); // RFC 4467 §8
    }
}
