using System.Collections.Concurrent;

namespace MailMesh.Mailstore;

/// <summary>Keywords as the database keeps them: sorted, divided by one space, null for none; case is kept and ignored (RFC 3501 §2.3.2).</summary>
internal static class KeywordText
{
    /// <summary>Keywords of a message; clients use a handful.</summary>
    public const int MaxKeywords = 64;

    /// <summary>Octets of one keyword.</summary>
    public const int MaxLength = 128;

    /// <summary>Distinct sets that are kept once for all messages.</summary>
    private const int MaxInterned = 10_000;

    private static readonly ConcurrentDictionary<string, string> Interned = new();

    /// <summary>One string object for equal sets: a mailbox of 100,000 messages has a handful of them.</summary>
    public static string Intern(string keywords)
    {
        if (Interned.Count >= MaxInterned)
            Interned.Clear();
        return Interned.GetOrAdd(keywords, keywords);
    }

    /// <exception cref="MailboxException">There are too many keywords, or one is too long.</exception>
    public static string? From(IEnumerable<string> keywords)
    {
        var set = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in keywords)
        {
            if (keyword.Length is 0 or > MaxLength || keyword.Any(c => c is <= ' ' or >= '\x7f'))
                throw new MailboxException(MailboxRefusal.Limit, "A keyword is too long, or is none.");
            set.Add(keyword);
        }
        if (set.Count > MaxKeywords)
            throw new MailboxException(MailboxRefusal.Limit, "A message cannot have so many keywords.");
        return set.Count == 0 ? null : Intern(string.Join(' ', set));
    }

    public static IEnumerable<string> Split(string? keywords) => keywords?.Split(' ') ?? [];

    /// <exception cref="MailboxException">There are too many keywords, or one is too long.</exception>
    public static string? Apply(string? keywords, FlagChange change) => change.Operation switch
    {
        FlagOperation.Replace when !change.Settable.Keywords => keywords,
        FlagOperation.Replace => From(change.Keywords),
        FlagOperation.Add => From(Split(keywords).Concat(change.Keywords)),
        _ => From(Split(keywords).Except(change.Keywords, StringComparer.OrdinalIgnoreCase)),
    };
}
