namespace MailMesh.Outbound;

/// <summary>What becomes of a leased row.</summary>
/// <param name="Id">The row.</param>
public abstract record QueueOutcome(long Id)
{
    /// <summary>A remote server took it, or its notification has been accepted: the row goes.</summary>
    public sealed record Done(long Id) : QueueOutcome(Id);

    /// <summary>To be tried again.</summary>
    /// <param name="Warned">The sender has been told of the delay.</param>
    public sealed record Deferred(long Id, DateTimeOffset NextAttemptAt, Attempt Attempt, bool Warned) : QueueOutcome(Id);

    /// <summary>Given up; stays as <see cref="QueueState.Failed"/> until the notification has been accepted.</summary>
    /// <param name="Notification">Message id of the notification; rows that share it are reported together.</param>
    public sealed record Failed(long Id, string Notification, Attempt Attempt) : QueueOutcome(Id);

    /// <summary>The lease is given back untried, as when the relay drains.</summary>
    public sealed record Returned(long Id) : QueueOutcome(Id);
}
