namespace MailMesh.Mailstore;

/// <summary>What <see cref="MailboxSnapshots"/> may keep.</summary>
public sealed record MailboxSnapshotOptions
{
    /// <summary>Messages of mailboxes that no session has selected any more; about 110 octets of memory each. One mailbox of a million opens from it at once.</summary>
    public int RememberedMessages { get; init; } = 1_000_000;
}
