namespace MailMesh.Access.Imap;

/// <summary>RFC 9698 GETJMAPACCESS: where a JMAP service beside us shows the same mail. We serve no JMAP ourselves: the operator names one.</summary>
internal sealed record GetJmapAccessCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new GetJmapAccessCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        // RFC 9698 §4: BAD where no such service is known.
        if (session.Server.Options.JmapUrl is not { } url)
            return ValueTask.FromResult(Completion.Bad("Unknown command"));
        session.Writer.Untagged($"JMAPACCESS {ImapWriter.QuotedText(url)}");
        return ValueTask.FromResult(Completion.Ok("Getjmapaccess completed"));
    }
}
