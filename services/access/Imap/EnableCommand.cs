namespace MailMesh.Access.Imap;

/// <summary>RFC 5161 ENABLE; also with a mailbox selected, as RFC 9051 §6.3.1 lets servers take it.</summary>
internal sealed record EnableCommand(IReadOnlyList<string> Names) : IImapCommand
{
    private const int MaxNames = 100;

    private static readonly (string Name, Extension Enables)[] Known =
    [
        ("CONDSTORE", Extension.CondStore),
        ("QRESYNC", Extension.QResync | Extension.CondStore), // RFC 7162 §3.2.3
        ("UTF8=ACCEPT", Extension.Utf8Accept),
        ("IMAP4rev2", Extension.Imap4Rev2),
        ("UIDONLY", Extension.UidOnly),
    ];

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
        var enabled = Known.Where(known => Names.Contains(known.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        session.Writer.Untagged(string.Join(' ', enabled.Select(known => known.Name).Prepend("ENABLED")));
        foreach (var (_, extension) in enabled)
        {
            if (extension.HasFlag(Extension.CondStore))
                session.BecomeCondStoreAware();
            session.Enabled.Add(extension);
        }
        return ValueTask.FromResult(Completion.Ok("Enable completed"));
    }
}
