using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>How a command ended: its tagged reply (RFC 3501 §7.1).</summary>
/// <param name="Code">Response code without brackets (RFC 3501 §7.1, RFC 5530); null for none.</param>
internal readonly record struct Completion(CompletionStatus Status, string Text, string? Code = null)
{
    public static Completion Ok(string text, string? code = null) => new(CompletionStatus.Ok, text, code);

    public static Completion No(string text, string? code = null) => new(CompletionStatus.No, text, code);

    public static Completion Bad(string text, string? code = null) => new(CompletionStatus.Bad, text, code);

    /// <summary>A dependency is away; the client may try again (RFC 5530).</summary>
    public static readonly Completion Unavailable = No("Mail storage is away for a moment; try again", "UNAVAILABLE");

    public static readonly Completion ServerBug = No("Internal error; it has been logged", "SERVERBUG");

    public static readonly Completion ReadOnlyMailbox = No("Mailbox is read-only");

    /// <summary>RFC 5530 NOPERM, for a right of RFC 4314.</summary>
    public static readonly Completion NoPermission = No("You have no right to do that", "NOPERM");

    /// <summary>RFC 5530 EXPUNGEISSUED: some messages of the command have gone, by another session.</summary>
    public static readonly Completion SomeExpunged = No("Some of the messages no longer exist", "EXPUNGEISSUED");

    public static readonly Completion SomeUnreadable = No("Some of the messages cannot be read now", "UNAVAILABLE");

    /// <summary>RFC 3516 §4.3.</summary>
    public static readonly Completion UnknownEncoding = No("A part has a transfer encoding that nobody knows", "UNKNOWN-CTE");

    /// <summary>RFC 9586 §3.1.</summary>
    public static readonly Completion UidRequired = Bad("Sequence numbers are out of use where UIDONLY is enabled", "UIDREQUIRED");

    public static readonly Completion BadSequence = Bad("No message has such a number");

    /// <summary>The one place where refusals of the mailbox library become replies.</summary>
    public static Completion From(MailboxException refused) => refused.Refusal switch
    {
        MailboxRefusal.NonExistent => No(refused.Message, "NONEXISTENT"),
        MailboxRefusal.AlreadyExists => No(refused.Message, "ALREADYEXISTS"),
        MailboxRefusal.Cannot => No(refused.Message, "CANNOT"),
        MailboxRefusal.HasChildren => No(refused.Message, "HASCHILDREN"),
        MailboxRefusal.Limit => No(refused.Message, "LIMIT"),
        MailboxRefusal.TooManyAnnotations => No(refused.Message, "METADATA TOOMANY"),
        MailboxRefusal.NoPermission => No(refused.Message, "NOPERM"),
        MailboxRefusal.OverQuota => No(refused.Message, "OVERQUOTA"),
        _ => No(refused.Message),
    };

    /// <summary>RFC 3501 §6.3.11: the target of APPEND, COPY and MOVE may be made and the command tried again.</summary>
    public static Completion ForTarget(MailboxException refused) =>
        refused.Refusal == MailboxRefusal.NonExistent ? No(refused.Message, "TRYCREATE") : From(refused);
}

internal enum CompletionStatus
{
    Ok,
    No,
    Bad,
}
