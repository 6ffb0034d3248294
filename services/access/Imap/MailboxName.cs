namespace MailMesh.Access.Imap;

/// <summary>Mailbox names: modified UTF-7 on the wire, UTF-8 in the store.</summary>
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

    public static string FromWire(string text, ref ImapScanner scanner)
    {
        if (ModifiedUtf7.Decode(text) is not { } name)
        {
            scanner.Fail("Mailbox name is not modified UTF-7");
            return "";
        }
        return name.Equals(Inbox, StringComparison.OrdinalIgnoreCase) ? Inbox : name;
    }
}
