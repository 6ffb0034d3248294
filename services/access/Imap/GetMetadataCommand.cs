using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5464 §4.2 GETMETADATA.</summary>
/// <param name="Mailbox">Empty for the server.</param>
/// <param name="MaxSize">Octets of the largest value that the client takes.</param>
internal sealed record GetMetadataCommand(string Mailbox, IReadOnlyList<string> Entries, AnnotationDepth Depth, long MaxSize) : IImapCommand
{
    /// <summary>§3.3: with ACL, l and any of these.</summary>
    private const MailboxRights Any = MailboxRights.Read | MailboxRights.KeepSeen | MailboxRights.Write | MailboxRights.Insert | MailboxRights.Post;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var options = (Depth: AnnotationDepth.Entry, MaxSize: long.MaxValue);
        scanner.ExpectSpace();
        var isGiven = scanner.Ahead == '(';
        if (isGiven)
        {
            options = ParseOptions(ref scanner);
            scanner.ExpectSpace();
        }
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        // The grammar has the options before the mailbox, the RFC's examples behind it: both are meant.
        if (!isGiven && (scanner.IsWordAhead("(MAXSIZE ") || scanner.IsWordAhead("(DEPTH ")))
        {
            options = ParseOptions(ref scanner);
            scanner.ExpectSpace();
        }
        return new GetMetadataCommand(mailbox, EntryName.ParseList(ref scanner), options.Depth, options.MaxSize);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await FindAsync(session, Mailbox);
        var longest = 0L;
        var found = new List<Annotation>();
        foreach (var entry in Entries)
        {
            foreach (var annotation in await GetAsync(session, mailbox?.Mailbox, entry, Depth))
            {
                if (annotation.Value?.Length > MaxSize)
                    longest = Math.Max(longest, annotation.Value.Length);
                else if (!found.Exists(other => other.Entry == annotation.Entry))
                    found.Add(annotation);
            }
        }
        Write(session.Writer, mailbox?.Path ?? "", found);
        return longest > 0
            ? Completion.Ok("Getmetadata completed", $"METADATA LONGENTRIES {longest}")
            : Completion.Ok("Getmetadata completed");
    }

    /// <summary>The mailbox, where its annotations may be read and set; null for the server.</summary>
    public static async ValueTask<ReachedMailbox?> FindAsync(ImapSession session, string name)
    {
        if (name.Length == 0)
            return null;
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, name, MailboxRights.Lookup);
        return MayUse(mailbox) ? mailbox : throw new MailboxException(MailboxRefusal.NoPermission, "You have no right to do that.");
    }

    public static bool MayUse(ReachedMailbox mailbox) => mailbox.May(MailboxRights.Lookup) && (mailbox.Rights & Any) != 0;

    /// <summary>
    /// A value that is asked for by its name and is none is told as NIL: the RFC does not say, Cyrus and Dovecot do so, and clients take it.
    /// Where only entries below it were found, they alone are told, as in the RFC's example of DEPTH.
    /// </summary>
    public static async ValueTask<IReadOnlyList<Annotation>> GetAsync(ImapSession session, MailboxInfo? mailbox, string entry, AnnotationDepth depth)
    {
        var found = await session.Backend.Annotations.GetAsync(session.Account.Id, mailbox, entry, depth);
        return found.Count > 0 ? found : [new Annotation(entry, null)];
    }

    /// <summary>§4.4.1 METADATA response with values.</summary>
    public static void Write(ImapWriter writer, string name, IReadOnlyList<Annotation> annotations)
    {
        if (annotations.Count == 0)
            return;
        WriteName(writer, name);
        writer.Write('(');
        for (var i = 0; i < annotations.Count; i++)
        {
            if (i > 0)
                writer.Write(' ');
            writer.Astring(annotations[i].Entry);
            writer.Write(' ');
            writer.Value(annotations[i].Value);
        }
        writer.Write(")\r\n"u8);
    }

    /// <summary>The start of a METADATA response.</summary>
    public static void WriteName(ImapWriter writer, string name)
    {
        writer.Write("* METADATA "u8);
        if (name.Length == 0)
            writer.Write("\"\""u8);
        else
            writer.Mailbox(name);
        writer.Write(' ');
    }

    private static (AnnotationDepth Depth, long MaxSize) ParseOptions(ref ImapScanner scanner)
    {
        var (depth, maxSize) = (AnnotationDepth.Entry, long.MaxValue);
        scanner.Expect('(');
        do
        {
            var option = scanner.Keyword();
            scanner.ExpectSpace();
            if (option == "MAXSIZE")
                maxSize = scanner.Number();
            else if (option == "DEPTH")
                depth = ParseDepth(ref scanner);
            else
                scanner.Fail("Unknown option");
        }
        while (!scanner.Failed && scanner.Take(' '));
        scanner.Expect(')');
        return (depth, maxSize);
    }

    private static AnnotationDepth ParseDepth(ref ImapScanner scanner)
    {
        switch (scanner.Keyword())
        {
            case "0":
                return AnnotationDepth.Entry;
            case "1":
                return AnnotationDepth.Children;
            case "INFINITY":
                return AnnotationDepth.All;
            default:
                scanner.Fail("Depth is 0, 1 or infinity");
                return default;
        }
    }
}
