namespace MailMesh.Mailstore;

/// <param name="Recent">Messages that the next session to select the mailbox will see as \Recent.</param>
public sealed record MailboxStatus(MailboxInfo Mailbox, long Messages, long Unseen, long Deleted, long SizeBytes, long Recent)
{
    /// <summary>RFC 9208: octets of the messages with \Deleted.</summary>
    public long DeletedBytes { get; init; }
}
