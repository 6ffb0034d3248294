namespace MailMesh.Access.Imap;

/// <summary>RFC 2971 ID: names of the two implementations, for statistics and bug reports; nothing rests on them.</summary>
internal sealed record IdCommand : IImapCommand
{
    /// <summary>RFC 2971 §3.3: at most 30 pairs.</summary>
    private const int MaxPairs = 30;

    private static readonly string Version = typeof(IdCommand).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        if (scanner.TakeWord("NIL"))
            return new IdCommand();
        scanner.Expect('(');
        for (var pairs = 0; !scanner.Failed && !scanner.Take(')'); pairs++)
        {
            if (pairs > 0)
                scanner.ExpectSpace();
            if (pairs >= MaxPairs)
                scanner.Fail("Too many fields");
            _ = scanner.String();
            scanner.ExpectSpace();
            _ = scanner.Nstring();
        }
        return new IdCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Untagged($"ID (\"name\" \"MailMesh\" \"version\" \"{Version}\")");
        return ValueTask.FromResult(Completion.Ok("ID completed"));
    }
}
