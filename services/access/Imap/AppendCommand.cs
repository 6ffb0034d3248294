using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>
/// RFC 3501 §6.3.11 APPEND, of several messages together (RFC 3502) or made of others' parts (RFC 4469), answered with APPENDUID (RFC 4315 §3).
/// Each message goes to the blob store as it arrives; all are in the mailbox, or none is.
/// </summary>
internal sealed record AppendCommand(string Mailbox, MessageArguments Messages) : IMessageCommand
{
    private static readonly Completion NoMailbox = Completion.No("No such mailbox", "TRYCREATE");

    private static readonly Completion NoSelect = Completion.No("Mailbox holds no messages", "CANNOT");

    public LiteralMarker? Unread { get; set; } = Messages.Literal;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        return new AppendCommand(mailbox, MessageArguments.Parse(ref scanner, isSingle: false));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if ((session.View?.AsReached(session.Identity, Mailbox) ?? await session.Backend.Access.FindAsync(session.Identity, Mailbox)) is not { } mailbox)
            return NoMailbox;
        if (!mailbox.May(MailboxRights.Insert))
            return mailbox.May(MailboxRights.Lookup) ? Completion.NoPermission : NoMailbox;
        if (mailbox.Mailbox.NoSelect)
            return NoSelect;
        await using var intake = new MessageIntake(session, this, SettableFlags.By(mailbox.Rights));
        if (await intake.TakeAsync() is { } refusal)
            return refusal;
        try
        {
            var appended = session.View is { } view && view.MailboxId == mailbox.Mailbox.Id
                ? await view.AppendAsync(mailbox.Mailbox.Name, intake.Messages)
                : await session.Backend.Store.AppendAsync(mailbox.Mailbox.Id, intake.Messages);
            if (session.Enabled.Imap4Rev2 && mailbox.Path != Mailbox)
                ListEntry.WriteName(session.Writer, mailbox.Path, Mailbox); // RFC 9051 §6.3.12
            return Completion.Ok("Append completed", Code(mailbox, appended));
        }
        catch (MailboxException refused)
        {
            return Completion.ForTarget(refused);
        }
    }

    /// <summary>RFC 4315 §3, RFC 3502 §6.3.11: the UIDs in the order of the messages. Whoever may not select the mailbox learns nothing of it by them.</summary>
    public static string? Code(ReachedMailbox mailbox, AppendedMessages appended) =>
        mailbox.May(MailboxRights.Read) ? $"APPENDUID {appended.UidValidity} {UidSet.Format(appended.Uids)}" : null;
}
