using System.Collections.Concurrent;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §4: one session a maildrop. Among the sessions of this process; copies of the service will share their locks through the database.</summary>
internal sealed class MaildropLocks
{
    private readonly ConcurrentDictionary<long, MaildropLock> _held = new();

    /// <summary>The lock until it is disposed of, or null while another session has it.</summary>
    public IDisposable? TryLock(long accountId)
    {
        var maildropLock = new MaildropLock(this, accountId);
        return _held.TryAdd(accountId, maildropLock) ? maildropLock : null;
    }

    private sealed class MaildropLock(MaildropLocks locks, long accountId) : IDisposable
    {
        // By key and holder: a second disposal must not free the lock of the next session.
        public void Dispose() => locks._held.TryRemove(KeyValuePair.Create(accountId, this));
    }
}
