using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.3 CREATE, with the USE of RFC 6154 §5.3.</summary>
internal sealed record CreateCommand(string Mailbox, IReadOnlyList<string> Uses) : IImapCommand
{
    /// <summary>RFC 6154 §2 and RFC 8457 §3. \All and \Flagged are views of other mailboxes, which there are none of here.</summary>
    public static readonly string[] Supported = ["\\Archive", "\\Drafts", "\\Important", "\\Junk", "\\Sent", "\\Trash"];

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.ParseForCreate(ref scanner);
        return new CreateCommand(mailbox, scanner.Take(' ') ? ParseUses(ref scanner) : []);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Uses.Count > 1 || Uses.Any(use => !Supported.Contains(use)))
            return Completion.No("A mailbox cannot have that use here", "USEATTR");
        // What mail is filed into by its use is the account owner's to say.
        if (Uses.Count > 0 && MailboxPath.IsOthers(Mailbox))
            return Completion.No("A mailbox of another user cannot be given a use", "USEATTR");
        var mailbox = await session.Backend.Access.CreateAsync(session.Identity, Mailbox, Uses.Count > 0 ? Uses[0] : null);
        if (session.Enabled.Imap4Rev2 && !MailboxPath.IsOthers(Mailbox) && mailbox.Name != Mailbox)
            ListEntry.WriteName(session.Writer, mailbox.Name, Mailbox); // RFC 9051 §6.3.4
        return Completion.Ok("Create completed", $"MAILBOXID ({ObjectId.Of(mailbox)})"); // RFC 8474 §4.1
    }

    private static List<string> ParseUses(ref ImapScanner scanner)
    {
        var uses = new List<string>();
        if (!scanner.TakeWord("(USE ("))
            scanner.Fail("USE expected");
        while (!scanner.Failed && !scanner.Take(')'))
        {
            if (uses.Count > 0)
                scanner.ExpectSpace();
            scanner.Expect('\\');
            var name = "\\" + scanner.AtomText();
            uses.Add(Array.Find(Supported, use => use.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name);
        }
        scanner.Expect(')');
        return uses;
    }
}
