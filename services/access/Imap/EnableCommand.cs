namespace MailMesh.Access.Imap;

/// <summary>RFC 5161 ENABLE: nothing announced here has to be enabled, so the list of what was is empty.</summary>
internal sealed record EnableCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        do
        {
            scanner.ExpectSpace();
            _ = scanner.AtomText();
        }
        while (!scanner.AtEnd);
        return new EnableCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Untagged("ENABLED");
        return ValueTask.FromResult(Completion.Ok("Enable completed"));
    }
}
