namespace MailMesh.Mailstore;

public enum MailboxRefusal
{
    /// <summary>RFC 5530 NONEXISTENT; for COPY and APPEND [TRYCREATE].</summary>
    NonExistent,

    /// <summary>RFC 5530 ALREADYEXISTS.</summary>
    AlreadyExists,

    /// <summary>RFC 5530 CANNOT: the name is not one, or INBOX cannot do this.</summary>
    Cannot,

    /// <summary>RFC 9051 §7.1 HASCHILDREN: a name that is no mailbox stands for those below it.</summary>
    HasChildren,

    /// <summary>RFC 5530 LIMIT: too many mailboxes, keywords, or too long a name.</summary>
    Limit,

    /// <summary>RFC 5530 OVERQUOTA.</summary>
    OverQuota,

    /// <summary>RFC 5464 §4.3 METADATA TOOMANY.</summary>
    TooManyAnnotations,

    /// <summary>RFC 5530 NOPERM: the reader lacks a right (RFC 4314).</summary>
    NoPermission,
}
