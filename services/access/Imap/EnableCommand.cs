namespace MailMesh.Access.Imap;

/// <summary>RFC 5161 ENABLE; also with a mailbox selected, as RFC 9051 §6.3.1 lets servers take it.</summary>
internal sealed record EnableCommand(IReadOnlyList<string> Names) : IImapCommand
{
    private const int MaxNames = 100;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var names = new List<string>();
        do
        {
            scanner.ExpectSpace();
            names.Add(scanner.Keyword());
            if (names.Count > MaxNames)
                scanner.Fail("Too many capabilities");
        }
        while (!scanner.AtEnd);
        return new EnableCommand(names);
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        // §3.1: what is unknown, or needs no enabling, is passed over; the reply lists what is enabled, once.
        var enabled = Names.Distinct().Where(name => Find(name) != Extension.None).ToList();
        foreach (var name in enabled)
            session.Enabled.Add(Find(name));
        session.Writer.Untagged(string.Join(' ', enabled.Prepend("ENABLED")));
        return ValueTask.FromResult(Completion.Ok("Enable completed"));
    }

    /// <summary>What a name enables.</summary>
    private static Extension Find(string name) => name switch
    {
        "CONDSTORE" => Extension.CondStore,
        "QRESYNC" => Extension.QResync | Extension.CondStore, // RFC 7162 §3.2.3
        "UTF8=ACCEPT" => Extension.Utf8Accept,
        _ => Extension.None,
    };
}
