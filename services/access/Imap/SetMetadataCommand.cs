using System.Text;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5464 §4.3 SETMETADATA: all of the values, or none.</summary>
/// <param name="Mailbox">Empty for the server.</param>
internal sealed record SetMetadataCommand(string Mailbox, IReadOnlyList<Annotation> Annotations) : IImapCommand
{
    private static readonly Completion NotSettable = Completion.No("That entry can be set by the operator alone", "NOPERM");

    private static readonly Completion NoUse = Completion.No("A mailbox cannot have that use here", "USEATTR");

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        var annotations = new List<Annotation>();
        scanner.Expect('(');
        do
        {
            var entry = EntryName.Parse(ref scanner);
            scanner.ExpectSpace();
            annotations.Add(new Annotation(entry, scanner.Value()));
            if (annotations.Count > MailboxAnnotations.MaxEntries)
                scanner.Fail("Too many entries");
        }
        while (!scanner.Failed && scanner.Take(' '));
        scanner.Expect(')');
        return new SetMetadataCommand(mailbox, annotations);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await GetMetadataCommand.FindAsync(session, Mailbox);
        if (Annotations.Any(a => a.Value?.Length > MailboxAnnotations.MaxValueBytes))
            return Completion.No("Value is too large", $"METADATA MAXSIZE {MailboxAnnotations.MaxValueBytes}");
        // What the server says of itself to everybody is not for users to say; the roots hold no value of their own.
        if (Annotations.Any(a => a.Entry is "/private" or "/shared" || (mailbox is null && EntryName.IsShared(a.Entry))))
            return NotSettable;
        var annotations = Annotations;
        if (mailbox is not null && annotations.Any(a => a.Entry == MailboxAnnotations.SpecialUse))
        {
            if (!mailbox.IsOwn || mailbox.Mailbox.NoSelect || mailbox.Mailbox.Name == MailboxName.Inbox)
                return NoUse;
            annotations = [.. annotations.Select(WithKnownUse)];
            if (annotations.Any(a => a is { Entry: MailboxAnnotations.SpecialUse, Value: not null } && !CreateCommand.Supported.Contains(Encoding.ASCII.GetString(a.Value))))
                return NoUse;
        }
        await session.Backend.Annotations.SetAsync(session.Account.Id, mailbox?.Mailbox, annotations);
        return Completion.Ok("Setmetadata completed");
    }

    /// <summary>RFC 6154 §4: the attribute, in any case; an empty value is none.</summary>
    private static Annotation WithKnownUse(Annotation annotation)
    {
        if (annotation.Entry != MailboxAnnotations.SpecialUse || annotation.Value is null)
            return annotation;
        var text = Encoding.ASCII.GetString(annotation.Value).Trim();
        var known = Array.Find(CreateCommand.Supported, use => use.Equals(text, StringComparison.OrdinalIgnoreCase));
        return annotation with { Value = text.Length == 0 ? null : Encoding.ASCII.GetBytes(known ?? text) };
    }
}
