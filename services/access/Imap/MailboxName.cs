using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Mailbox names: modified UTF-7 on the wire, UTF-8 once the client enabled it (RFC 6855), and in the store.</summary>
internal static class MailboxName
{
    public const string Inbox = "INBOX";

    public const char Delimiter = '/';

    /// <summary>mailbox of RFC 3501 §9; INBOX in any case is INBOX.</summary>
    public static string Parse(ref ImapScanner scanner) => FromWire(scanner.Astring(), ref scanner);

    /// <summary>A name that may end in the delimiter: CREATE of a name meant for children only (RFC 3501 §6.3.3).</summary>
    public static string ParseForCreate(ref ImapScanner scanner)
    {
        var name = Parse(ref scanner);
        return name.Length > 1 && name[^1] == Delimiter ? name[..^1] : name;
    }

    /// <summary>one-or-more-mailbox of RFC 5465 §8, for comparison with names as they are kept.</summary>
    public static List<string> ParseSome(ref ImapScanner scanner, int most)
    {
        var names = new List<string>();
        var isList = scanner.Take('(');
        do
        {
            AddKept(names, Parse(ref scanner));
            if (names.Count > most)
                scanner.Fail("Too many mailboxes");
        }
        while (isList && !scanner.Failed && scanner.Take(' '));
        if (isList)
            scanner.Expect(')');
        return names;
    }

    public static string FromWire(string text, ref ImapScanner scanner)
    {
        if (Decode(text, scanner.IsUtf8) is not { } name)
        {
            scanner.Fail(scanner.IsUtf8 ? "Mailbox name is not UTF-8" : "Mailbox name is not modified UTF-7");
            return "";
        }
        return name.Equals(Inbox, StringComparison.OrdinalIgnoreCase) ? Inbox : name;
    }

    /// <summary>What the other commands find by this name: INBOX in any case above others too, letters composed, or else as they are.</summary>
    private static void AddKept(List<string> names, string name)
    {
        if (name.StartsWith("INBOX/", StringComparison.OrdinalIgnoreCase))
            name = Inbox + name[Inbox.Length..];
        names.Add(name);
        if (ComposedName.Of(name) is var composed && composed != name)
            names.Add(composed);
    }

    /// <summary>A name or pattern from the wire; null where it is none.</summary>
    /// <param name="isUtf8">RFC 6855 §3: it stands as it is. Octets that are no UTF-8 have become replacement characters.</param>
    public static string? Decode(string text, bool isUtf8)
    {
        if (!isUtf8)
            return ModifiedUtf7.Decode(text);
        return text.Contains('\uFFFD', StringComparison.Ordinal) ? null : text;
    }
}
