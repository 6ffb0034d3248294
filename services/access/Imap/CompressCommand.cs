namespace MailMesh.Access.Imap;

/// <summary>RFC 4978 COMPRESS: after the tagged reply both sides send deflated streams.</summary>
internal sealed record CompressCommand(string Mechanism) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new CompressCommand(scanner.Keyword());
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Mechanism != "DEFLATE")
            return ValueTask.FromResult(Completion.Bad("Compression mechanism is unknown"));
        if (session.Connection.IsDeflated)
            return ValueTask.FromResult(Completion.No("Compression is active already", "COMPRESSIONACTIVE"));
        session.AfterReply(async () =>
        {
            await session.Writer.FlushAsync();
            session.Connection.StartDeflate();
        });
        return ValueTask.FromResult(Completion.Ok("Deflate from here on"));
    }
}
