namespace MailMesh.Database;

/// <summary>A lease that this process has, until it is disposed of.</summary>
public sealed class HeldLease : IAsyncDisposable
{
    private readonly Leases _leases;
    private readonly TimeProvider _clock;
    private long _until = DateTimeOffset.MaxValue.UtcTicks;

    internal HeldLease(Leases leases, string name, TimeProvider clock) => (_leases, Name, _clock) = (leases, name, clock);

    /// <summary>The database was away for so long that another process may have it now.</summary>
    public bool IsLost => _clock.GetUtcNow() >= Until;

    internal string Name { get; }

    internal DateTimeOffset Until
    {
        get => new(Volatile.Read(ref _until), TimeSpan.Zero);
        set => Volatile.Write(ref _until, value.UtcTicks);
    }

    public ValueTask DisposeAsync() => _leases.FreeAsync(this);
}
