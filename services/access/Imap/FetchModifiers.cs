using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4466 §2.4 modifiers of FETCH: which of the messages are told of.</summary>
/// <param name="ChangedSince">RFC 7162 §3.1.4.1: those with a higher MODSEQ alone.</param>
/// <param name="Vanished">RFC 7162 §3.2.6: also UIDs that went since.</param>
/// <param name="Partial">RFC 9394 §3.3: some of those that are left.</param>
internal sealed record FetchModifiers(long? ChangedSince, bool Vanished, PartialRange? Partial)
{
    public static readonly FetchModifiers None = new(null, false, null);

    /// <summary>Modifiers where they are ahead.</summary>
    public static FetchModifiers ParseAhead(ref ImapScanner scanner, bool byUid)
    {
        var modifiers = None;
        if (!scanner.TakeWord(" ("))
            return modifiers;
        do
        {
            modifiers = modifiers.With(scanner.Keyword(), ref scanner);
        }
        while (scanner.Take(' '));
        scanner.Expect(')');
        // §3.2.6: in UID FETCH alone, and only beside CHANGEDSINCE.
        if (modifiers.Vanished && (!byUid || modifiers.ChangedSince is null))
            scanner.Fail("VANISHED goes with UID FETCH and CHANGEDSINCE");
        return modifiers;
    }

    public IEnumerable<SequencedMessage> Choose(IEnumerable<SequencedMessage> messages)
    {
        if (ChangedSince is { } modSeq)
            messages = messages.Where(m => m.Message.ModSeq > modSeq);
        if (Partial is not { } partial)
            return messages;
        var all = messages.ToList();
        var (start, count) = partial.Of(all.Count);
        return all.GetRange(start, count);
    }

    private FetchModifiers With(string name, ref ImapScanner scanner)
    {
        switch (name)
        {
            case "CHANGEDSINCE" when ChangedSince is null:
                scanner.ExpectSpace();
                return this with { ChangedSince = scanner.ModSeq() }; // Apple's clients send 0
            case "VANISHED" when !Vanished:
                return this with { Vanished = true };
            case "PARTIAL" when Partial is null:
                scanner.ExpectSpace();
                return this with { Partial = PartialRange.Parse(ref scanner) };
            default:
                scanner.Fail("Unknown or repeated modifier");
                return this;
        }
    }
}
