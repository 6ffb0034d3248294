using System.Text;

namespace MailMesh.Mailstore;

/// <summary>Rules of mailbox names (RFC 3501 §5.1): UTF-8, levels divided by '/', INBOX in any case.</summary>
internal static class MailboxName
{
    public const string Inbox = "INBOX";

    /// <summary>Octets of a whole name: with an account's path it stays well below what file systems and clients take.</summary>
    public const int MaxBytes = 1000;

    /// <summary>Levels of a name; deeper trees are a client gone wrong.</summary>
    public const int MaxDepth = 20;

    /// <summary>The name as it is stored.</summary>
    /// <exception cref="MailboxException">It is no name.</exception>
    public static string Normalize(string name)
    {
        if (name.Length == 0 || name[0] == '/' || name[^1] == '/' || name.Contains("//", StringComparison.Ordinal))
            throw new MailboxException(MailboxRefusal.Cannot, "The name has an empty level.");
        // '%' and '*' are wildcards of LIST: a mailbox with one in its name could not be listed alone.
        if (name.Any(c => char.IsControl(c) || c is '%' or '*') || !IsWellFormed(name))
            throw new MailboxException(MailboxRefusal.Cannot, "The name has a character that no mailbox can have.");
        if (Encoding.UTF8.GetByteCount(name) > MaxBytes)
            throw new MailboxException(MailboxRefusal.Limit, "The name is too long.");
        if (name.Count(c => c == '/') >= MaxDepth)
            throw new MailboxException(MailboxRefusal.Limit, "The name has too many levels.");
        var top = name.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? name[..slash] : name;
        return top.Equals(Inbox, StringComparison.OrdinalIgnoreCase) ? Inbox + name[top.Length..] : name;
    }

    /// <summary>The names above, from the top.</summary>
    public static IEnumerable<string> Superiors(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }

    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (!char.IsSurrogatePair(name, i))
                return false;
            i++;
        }
        return true;
    }
}
