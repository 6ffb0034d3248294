namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3 THREAD.</summary>
internal sealed record ThreadCommand(ThreadAlgorithm Algorithm, SearchCommand Search) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Search.IsRefused(session) is { } refused)
            return refused;
        var (found, _, limited) = await Search.FindLimitedAsync(session, session.SelectedView.Saved);
        if (limited.Code is not null)
            return MessageLimit.Of(session).Refusal(); // RFC 9738 §3.3: threads of some of the messages are none
        var threads = new MessageThreads(Algorithm);
        await foreach (var (message, heading) in HeadedMessages.ReadAsync(session, found, withReferences: Algorithm != ThreadAlgorithm.OrderedSubject))
            threads.Add(message, heading);
        await ThreadReply.WriteAsync(session.Writer, threads.Build(), Search.ByUid);
        return Completion.Ok("Thread completed");
    }

    private static ThreadCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var algorithm = AlgorithmOf(scanner.Keyword(), ref scanner);
        return new ThreadCommand(algorithm, SearchCommand.ParseWithCharset(ref scanner, byUid, asked: null, mayReturn: false));
    }

    private static ThreadAlgorithm AlgorithmOf(string name, ref ImapScanner scanner)
    {
        switch (name)
        {
            case "ORDEREDSUBJECT":
                return ThreadAlgorithm.OrderedSubject;
            case "REFERENCES":
                return ThreadAlgorithm.References;
            case "REFS":
                return ThreadAlgorithm.Refs;
            default:
                scanner.Fail("Unknown threading algorithm");
                return ThreadAlgorithm.OrderedSubject;
        }
    }
}

/// <summary>RFC 5256 §3, and REFS of draft-ietf-morg-inthread.</summary>
internal enum ThreadAlgorithm
{
    OrderedSubject,
    References,
    Refs,
}
