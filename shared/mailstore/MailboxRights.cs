namespace MailMesh.Mailstore;

/// <summary>RFC 4314 §2.1: what somebody may do with a mailbox.</summary>
[Flags]
public enum MailboxRights
{
    None = 0,

    /// <summary>l: the mailbox is listed, and may be subscribed to.</summary>
    Lookup = 1 << 0,

    /// <summary>r: SELECT, STATUS, and reading what is in it.</summary>
    Read = 1 << 1,

    /// <summary>s: \Seen.</summary>
    KeepSeen = 1 << 2,

    /// <summary>w: flags other than \Seen and \Deleted, and keywords.</summary>
    Write = 1 << 3,

    /// <summary>i: APPEND, and COPY into it.</summary>
    Insert = 1 << 4,

    /// <summary>p: noted; nothing here delivers by it.</summary>
    Post = 1 << 5,

    /// <summary>k: CREATE of mailboxes below it.</summary>
    Create = 1 << 6,

    /// <summary>x: DELETE and RENAME of it.</summary>
    Delete = 1 << 7,

    /// <summary>t: \Deleted.</summary>
    DeleteMessages = 1 << 8,

    /// <summary>e: EXPUNGE.</summary>
    Expunge = 1 << 9,

    /// <summary>a: reading and changing the rights of others.</summary>
    Administer = 1 << 10,

    All = (1 << 11) - 1,
}

/// <summary>The letters of RFC 4314 §2.1.</summary>
public static class MailboxRightsText
{
    /// <summary>In the order of the bits of <see cref="MailboxRights"/>.</summary>
    public const string Letters = "lrswipkxtea";

    // RFC 4314 §2.1.1: the rights of RFC 2086 that were split. x goes with d here, so that c is k alone.
    private const MailboxRights OldCreate = MailboxRights.Create;
    private const MailboxRights OldDelete = MailboxRights.Delete | MailboxRights.DeleteMessages | MailboxRights.Expunge;

    /// <summary>Null for a letter that is no right; the virtual rights c and d stand for what they were split into.</summary>
    public static MailboxRights? Parse(string letters)
    {
        var rights = MailboxRights.None;
        foreach (var letter in letters)
        {
            var index = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (index >= 0)
                rights |= (MailboxRights)(1 << index);
            else if (letter == 'c')
                rights |= OldCreate;
            else if (letter == 'd')
                rights |= OldDelete;
            else
                return null;
        }
        return rights;
    }

    /// <summary>As the database keeps it.</summary>
    public static string Format(MailboxRights rights) =>
        string.Concat(Letters.Where((_, index) => ((int)rights & (1 << index)) != 0));

    /// <summary>For clients, with c and d where any right that they were split into is there: RFC 4314 §2.1.1.</summary>
    public static string FormatForClients(MailboxRights rights) =>
        Format(rights) + ((rights & OldCreate) != 0 ? "c" : "") + ((rights & OldDelete) != 0 ? "d" : "");
}
