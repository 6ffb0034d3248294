namespace MailMesh.Mailstore;

/// <summary>Flags that somebody may set or clear in a mailbox.</summary>
public readonly record struct SettableFlags(SystemFlags System, bool Keywords)
{
    private const SystemFlags Written = SystemFlags.Answered | SystemFlags.Flagged | SystemFlags.Draft;

    public static readonly SettableFlags All = new(Written | SystemFlags.Seen | SystemFlags.Deleted, Keywords: true);

    public bool IsAll => this == All;

    public bool IsNone => System == SystemFlags.None && !Keywords;

    /// <summary>RFC 4314 §4: s for \Seen, t for \Deleted, w for all others.</summary>
    public static SettableFlags By(MailboxRights rights) => new(
        (rights.HasFlag(MailboxRights.KeepSeen) ? SystemFlags.Seen : SystemFlags.None)
        | (rights.HasFlag(MailboxRights.DeleteMessages) ? SystemFlags.Deleted : SystemFlags.None)
        | (rights.HasFlag(MailboxRights.Write) ? Written : SystemFlags.None),
        rights.HasFlag(MailboxRights.Write));
}
