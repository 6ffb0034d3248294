namespace MailMesh.Mailstore;

/// <summary>RFC 2342: a mailbox name as one reader sees it. What others share is below <see cref="OthersPrefix"/>, then the owner's address.</summary>
public static class MailboxPath
{
    /// <summary>The name of the namespace of other users, which nobody's own mailbox can have.</summary>
    public const string Others = "Other Users";

    public const string OthersPrefix = Others + "/";

    /// <summary>True where the name is in the namespace of other users, or is its root.</summary>
    public static bool IsOthers(string path) => path == Others || path.StartsWith(OthersPrefix, StringComparison.Ordinal);

    /// <summary>Owner and name within the owner's account; false for the namespace itself and an owner alone, which are no mailboxes.</summary>
    public static bool TrySplit(string path, out string owner, out string name)
    {
        (owner, name) = ("", "");
        if (!path.StartsWith(OthersPrefix, StringComparison.Ordinal))
            return false;
        var end = path.IndexOf('/', OthersPrefix.Length);
        if (end < 0 || end == path.Length - 1)
            return false;
        owner = path[OthersPrefix.Length..end].ToLowerInvariant();
        name = path[(end + 1)..];
        return owner.Length > 0;
    }

    /// <summary>An owner's mailbox as others see it.</summary>
    public static string Of(string owner, string name) => $"{OthersPrefix}{owner}/{name}";

    /// <summary>False for an address that would not be one level of a name that LIST can match.</summary>
    public static bool CanShow(string owner) => owner.AsSpan().IndexOfAny('/', '%', '*') < 0;
}
