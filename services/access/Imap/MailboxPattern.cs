using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.8: a mailbox name with * for anything and % for anything within a level.</summary>
internal sealed class MailboxPattern(string pattern)
{
    /// <summary>No name is longer, and matching takes time by the product of both lengths.</summary>
    public const int MaxLength = 1000;

    /// <summary>The pattern as the client names it, behind its reference.</summary>
    public static MailboxPattern Parse(ref ImapScanner scanner, string reference)
    {
        if (MailboxName.Decode(scanner.ListMailbox(), scanner.IsUtf8) is not { } text)
            scanner.Fail(scanner.IsUtf8 ? "Mailbox pattern is not UTF-8" : "Mailbox pattern is not modified UTF-7");
        else if (reference.Length + text.Length > MaxLength)
            scanner.Fail("Mailbox pattern is too long");
        else
            return new MailboxPattern(ComposedName.Of(reference + text));
        return new MailboxPattern("");
    }

    public bool IsEmpty => pattern.Length == 0;

    /// <summary>True when a level may end the match, so that superiors of deeper names show up.</summary>
    public bool HasPercent => pattern.Contains('%', StringComparison.Ordinal);

    public bool Matches(string name)
    {
        name = ComposedName.Of(name);
        // reached[i]: the first i characters of the pattern match the part of the name read so far.
        var reached = new bool[pattern.Length + 1];
        reached[0] = true;
        PassWildcards(reached);
        for (var i = 0; i < name.Length; i++)
        {
            var next = new bool[pattern.Length + 1];
            for (var p = 0; p < pattern.Length; p++)
            {
                if (!reached[p])
                    continue;
                if (pattern[p] == '*' || (pattern[p] == '%' && name[i] != MailboxName.Delimiter))
                    next[p] = true;
                else if (IsSame(pattern[p], name, i))
                    next[p + 1] = true;
            }
            PassWildcards(next);
            reached = next;
        }
        return reached[pattern.Length];
    }

    private void PassWildcards(bool[] reached)
    {
        for (var p = 0; p < pattern.Length; p++)
        {
            if (reached[p] && pattern[p] is '*' or '%')
                reached[p + 1] |= reached[p];
        }
    }

    /// <summary>RFC 3501 §5.1: INBOX is the one name without regard to case.</summary>
    private static bool IsSame(char wanted, string name, int index) =>
        wanted == name[index] || (index < MailboxName.Inbox.Length && IsInbox(name) && char.ToUpperInvariant(wanted) == name[index]);

    private static bool IsInbox(string name) =>
        name.StartsWith(MailboxName.Inbox, StringComparison.Ordinal) && (name.Length == MailboxName.Inbox.Length || name[MailboxName.Inbox.Length] == MailboxName.Delimiter);
}
