namespace MailMesh.Contracts;

/// <summary>Which accounts' <see cref="MailboxChanged"/> events this process is to receive: those that have sessions here. Counted: each call of the one needs a call of the other.</summary>
public interface IAccountEvents
{
    /// <summary>From soon after this call on events come; returns at once.</summary>
    void Follow(long accountId);

    void Unfollow(long accountId);

    /// <summary>Called with an account when its events begin to come, or come again after a gap: what was missed is to be looked up.</summary>
    event Action<long>? Resumed;
}
