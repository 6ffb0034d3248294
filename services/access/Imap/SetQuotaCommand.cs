namespace MailMesh.Access.Imap;

/// <summary>RFC 9208 §4.1.3 SETQUOTA: understood, and refused, since operators alone set limits, and not by IMAP. QUOTASET is not announced.</summary>
internal sealed record SetQuotaCommand : IImapCommand
{
    private const int MaxResources = 20;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        _ = scanner.Astring();
        scanner.ExpectSpace();
        scanner.Expect('(');
        for (var i = 0; !scanner.Failed && !scanner.Take(')'); i++)
        {
            if (i == MaxResources)
                scanner.Fail("Too many resources");
            if (i > 0)
                scanner.ExpectSpace();
            _ = scanner.AtomText();
            scanner.ExpectSpace();
            _ = scanner.AtomText(); // the limit: whatever it is, it is not set
        }
        return new SetQuotaCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session) =>
        ValueTask.FromResult(Completion.No("Limits are set by the operator of this server", "NOPERM"));
}
