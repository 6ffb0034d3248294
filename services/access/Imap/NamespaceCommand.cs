namespace MailMesh.Access.Imap;

/// <summary>RFC 2342 NAMESPACE: one personal namespace, nothing of others, nothing shared.</summary>
internal sealed record NamespaceCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new NamespaceCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
        return ValueTask.FromResult(Completion.Ok("Namespace completed"));
    }
}
