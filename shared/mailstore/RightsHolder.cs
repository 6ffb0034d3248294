namespace MailMesh.Mailstore;

/// <summary>RFC 4314 §2: whom rights are given to, or with '-' before it, taken from.</summary>
/// <remarks>
/// Kept: an account's address, or '@domain' for every account of a domain. A client writes 'anyone' for everybody of the owner's
/// domain: on a server of many customers nobody means all of them, and nobody wants their mailboxes in his list.
/// </remarks>
public static class RightsHolder
{
    /// <summary>Longer than any address (RFC 5321 §4.5.3.1) with its sign.</summary>
    public const int MaxLength = 330;

    private const string Anyone = "anyone";

    /// <summary>An identifier as it is kept; null where it cannot be one.</summary>
    /// <param name="owner">Address of the mailbox's account: a name without a domain is one of its domain.</param>
    public static string? Parse(string identifier, string owner)
    {
        var sign = identifier.StartsWith('-') ? "-" : "";
        var name = identifier[sign.Length..].ToLowerInvariant();
        if (name.Length is 0 or > MaxLength || name is "@" || name.EndsWith('@') || name.Any(c => c <= ' ' || c == '\x7f' || char.IsControl(c)))
            return null;
        if (name == Anyone)
            return sign + DomainOf(owner);
        return sign + (name.Contains('@', StringComparison.Ordinal) ? name : name + DomainOf(owner));
    }

    /// <summary>A kept identifier for a client.</summary>
    public static string Format(string identifier, string owner)
    {
        var sign = identifier.StartsWith('-') ? "-" : "";
        return identifier[sign.Length..] == DomainOf(owner) ? sign + Anyone : identifier;
    }

    /// <summary>'@domain' of an address.</summary>
    public static string DomainOf(string address) => address[Math.Max(0, address.LastIndexOf('@'))..];

    /// <summary>RFC 4314 §2: what is given by all identifiers that a reader has, less what is taken away by any.</summary>
    public static MailboxRights Sum(IEnumerable<(string Identifier, string Rights)> entries)
    {
        var (given, taken) = (MailboxRights.None, MailboxRights.None);
        foreach (var (identifier, letters) in entries)
        {
            var rights = MailboxRightsText.Parse(letters) ?? MailboxRights.None; // letters of a version to come
            if (identifier.StartsWith('-'))
                taken |= rights;
            else
                given |= rights;
        }
        return given & ~taken;
    }
}
