namespace MailMesh.Access.Imap;

/// <summary>RFC 5464 §3.2: names of annotations, in any case.</summary>
internal static class EntryName
{
    private const int MaxLength = 255;

    /// <summary>Names that one command may ask for or set.</summary>
    private const int MaxEntries = 100;

    /// <summary>One, or several between parentheses.</summary>
    public static IReadOnlyList<string> ParseList(ref ImapScanner scanner)
    {
        if (scanner.Ahead != '(')
            return [Parse(ref scanner)];
        var entries = new List<string>();
        scanner.Expect('(');
        do
        {
            entries.Add(Parse(ref scanner));
            if (entries.Count > MaxEntries)
                scanner.Fail("Too many entries");
        }
        while (!scanner.Failed && scanner.Take(' '));
        scanner.Expect(')');
        return entries;
    }

    /// <summary>In lower case.</summary>
    public static string Parse(ref ImapScanner scanner)
    {
        var entry = scanner.Astring().ToLowerInvariant();
        if (!IsWellFormed(entry))
            scanner.Fail("Entry is not well-formed");
        return entry;
    }

    public static bool IsShared(string entry) => entry.StartsWith("/shared", StringComparison.Ordinal);

    private static bool IsWellFormed(string entry) =>
        entry.Length <= MaxLength && entry.All(c => c is > (char)0x19 and < (char)0x7f and not ('*' or '%'))
        && !entry.EndsWith('/') && !entry.Contains("//", StringComparison.Ordinal)
        && (entry is "/private" or "/shared" || entry.StartsWith("/private/", StringComparison.Ordinal) || entry.StartsWith("/shared/", StringComparison.Ordinal));
}
