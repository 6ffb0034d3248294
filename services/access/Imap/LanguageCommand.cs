namespace MailMesh.Access.Imap;

/// <summary>RFC 5255 §3 LANGUAGE: texts are in English, which is what i-default has to be (RFC 2277 §4.5); there are no others.</summary>
/// <param name="Ranges">RFC 4647 language ranges, the best first; none asks for the list.</param>
internal sealed record LanguageCommand(IReadOnlyList<string> Ranges) : IImapCommand
{
    private const int MaxRanges = 100;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var ranges = new List<string>();
        while (scanner.Take(' ') && !scanner.AtEnd)
        {
            ranges.Add(scanner.Astring());
            if (ranges.Count > MaxRanges)
                scanner.Fail("Too many languages");
        }
        return new LanguageCommand(ranges);
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Ranges.Count == 0)
        {
            session.Writer.Untagged("LANGUAGE (\"i-default\" \"en\")");
            return ValueTask.FromResult(Completion.Ok("Language completed"));
        }
        if (Ranges.Select(Choose).FirstOrDefault(language => language is not null) is not { } chosen)
            return ValueTask.FromResult(Completion.No("No such language"));
        session.Writer.Untagged($"LANGUAGE (\"{chosen}\")");
        return ValueTask.FromResult(Completion.Ok("Language completed"));
    }

    /// <summary>RFC 4647 §3.4 lookup: a range of English falls back to English.</summary>
    private static string? Choose(string range) =>
        range.Equals("default", StringComparison.OrdinalIgnoreCase) || range.Equals("i-default", StringComparison.OrdinalIgnoreCase) || range == "*" ? "i-default"
        : range.Equals("en", StringComparison.OrdinalIgnoreCase) || range.StartsWith("en-", StringComparison.OrdinalIgnoreCase) ? "en"
        : null;
}
