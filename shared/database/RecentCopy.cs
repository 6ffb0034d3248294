namespace MailMesh.Database;

/// <summary>What a small table says, from a copy in memory that is a few seconds old at most. Where the database is away the last copy stands.</summary>
/// <remarks>The first who finds the copy old waits for the next, and whoever comes meanwhile; in a database that hangs, only they do.</remarks>
/// <param name="read">Reads the table.</param>
/// <param name="failed">Told of each reading that failed, which nobody hears of else.</param>
public sealed class RecentCopy<T>(Func<Task<T>> read, Action<Exception> failed, TimeProvider clock)
    where T : class
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    /// <summary>Least time between two readings where none has succeeded.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private T? _known;
    private Task _reading = Task.CompletedTask;
    private DateTimeOffset _readAt;
    private bool _isStale;

    /// <summary>How long a caller waits for a database that does not answer, before the last copy serves.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same where there is no copy yet.</summary>
    public TimeSpan FirstPatience { get; init; } = TimeSpan.FromSeconds(1);

    private TimeSpan PatienceNow => Volatile.Read(ref _known) is null ? FirstPatience : Patience;

    /// <summary>Null where the table could not be read even once.</summary>
    public async ValueTask<T?> GetAsync()
    {
        // Once more where the reading waited for began before a change that this process knows of.
        while (Reading() is { } reading)
        {
            await reading.WaitAsync(PatienceNow, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!reading.IsCompleted || !Volatile.Read(ref _isStale))
                break;
        }
        return Volatile.Read(ref _known);
    }

    /// <summary>This process changed the table: the next caller sees it.</summary>
    public void Forget()
    {
        lock (_gate)
            _isStale = true;
    }

    /// <summary>The reading to wait for; null where what is known is recent, or where the database hangs, for which only its first caller waits.</summary>
    private Task? Reading()
    {
        lock (_gate)
        {
            var age = clock.GetUtcNow() - _readAt;
            if (!_reading.IsCompleted)
                return age < PatienceNow ? _reading : null;
            if (age < (Volatile.Read(ref _known) is null ? RetryDelay : MaxAge) && !_isStale)
                return null;
            _isStale = false;
            _readAt = clock.GetUtcNow();
            return _reading = Task.Run(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            Volatile.Write(ref _known, await read());
        }
        catch (Exception failure)
        {
            failed(failure);
        }
    }
}
