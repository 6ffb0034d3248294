using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 2342 NAMESPACE: one personal namespace, and what other users share below their addresses.</summary>
internal sealed record NamespaceCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new NamespaceCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Untagged($"NAMESPACE ((\"\" \"/\")) ((\"{MailboxPath.OthersPrefix}\" \"/\")) NIL");
        return ValueTask.FromResult(Completion.Ok("Namespace completed"));
    }
}
