namespace MailMesh.Mailstore;

/// <summary>Where APPEND puts messages.</summary>
/// <param name="Name">The mailbox is refused where it no longer has this name; null for any.</param>
internal sealed record AppendTarget(long MailboxId, string? Name = null)
{
    /// <summary>The session has the mailbox selected, and is told of the messages at once.</summary>
    public bool IsTold { get; init; }
}
