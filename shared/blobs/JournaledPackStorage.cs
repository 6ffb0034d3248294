using MailMesh.Database;

namespace MailMesh.Blobs;

/// <summary>
/// Packs in an object store behind a journal in the database: small bodies of one who waits for each are durable by a commit, and all that came within
/// a second are one object afterwards. A PUT costs some milliseconds of the store's CPU however little it carries, and takes longer than a commit.
/// </summary>
/// <remarks>
/// The object store stays where bodies lie. What is in the journal alone is bounded in each process: past it, as where the store is away for long, bodies go to the store before they
/// are said to be kept, or are refused. What a process leaves there when it dies <see cref="RecoverAsync"/> carries on.
/// </remarks>
internal sealed class JournaledPackStorage : IPackStorage
{
    /// <summary>Compressed octets of a body that may go by the journal: what is larger costs the database more than a PUT costs the store.</summary>
    private const int MaxRecord = 64 * 1024;

    /// <summary>Octets of this process that are in the journal and not in the store.</summary>
    private const int MaxWaiting = 8 * 1024 * 1024;

    /// <summary>A pack that another process has sealed takes no more; the next one does.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Packs recovered in a turn.</summary>
    private const int MaxRecovered = 1000;

    private static readonly TimeSpan PutPace = TimeSpan.FromSeconds(1);

    /// <summary>The time that a process which ends has for its last objects; the journal keeps what is left.</summary>
    private static readonly TimeSpan LastPuts = TimeSpan.FromSeconds(5);

    /// <summary>Until then another process looks for a pack in the journal before it looks in the store.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(5);

    private readonly S3PackStorage _objects;
    private readonly PackJournal _journal;
    private readonly bool _isWriter;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatheredPack> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _puts;
    private GatheredPack? _open;
    private long _octets;

    /// <param name="isWriter">Bodies of this process go by the journal; else it reads there alone.</param>
    public JournaledPackStorage(S3PackStorage objects, PackJournal journal, bool isWriter, TimeProvider clock)
    {
        _objects = objects;
        _journal = journal;
        _isWriter = isWriter;
        _clock = clock;
        _puts = isWriter ? Task.Run(PutAllAsync) : Task.CompletedTask;
    }

    /// <summary>Makes a body durable in the journal; null where it has to go to the store.</summary>
    public async Task<PackPosition?> KeepAsync(PieceBuffer record)
    {
        if (!_isWriter || record.Length > MaxRecord)
            return null;
        var octets = record.ToArray();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (Reserve(octets, out var start) is not { } pack)
                return null;
            var kept = false;
            try
            {
                kept = await _journal.AddAsync(pack.Name, start, octets, _clock.GetUtcNow());
            }
            catch (Exception failure) when (DatabaseFaults.IsPassing(failure))
            {
                return null; // the journal may have it or not
            }
            finally
            {
                Release(pack, isWell: kept);
            }
            if (kept)
                return new PackPosition(pack.Name, start);
        }
        return null;
    }

    public Task<PackPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets) => _objects.AppendAsync(octets);

    public Task<PackObject> CreateAsync(CancellationToken cancellationToken = default) => _objects.CreateAsync(cancellationToken);

    public ValueTask<int> ReadAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        PackName.IsJournaled(pack) ? ReadJournaledAsync(pack, offset, buffer, cancellationToken) : _objects.ReadAsync(pack, offset, buffer, cancellationToken);

    public bool Forget(string pack) => _objects.Forget(pack);

    public IAsyncEnumerable<PackInfo> ListAsync(CancellationToken cancellationToken = default) => _objects.ListAsync(cancellationToken);

    public async Task DeleteAsync(string pack, CancellationToken cancellationToken = default)
    {
        if (PackName.IsJournaled(pack))
        {
            Settle(pack);
            await _journal.RemoveAsync(pack);
        }
        await _objects.DeleteAsync(pack, cancellationToken);
    }

    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => _objects.DeleteUnfinishedAsync(before, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken = default) => _objects.CheckAsync(cancellationToken);

    /// <summary>Makes objects of the packs that a process left in the journal when it ended; gives how many.</summary>
    /// <param name="before">Packs that were begun before this moment. One whose writer lives after all goes on with another.</param>
    public async Task<int> RecoverAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var packs = await _journal.PacksAsync(before, MaxRecovered);
        foreach (var pack in packs)
        {
            var records = await _journal.SealAsync(pack);
            if (records.Count == 0)
                continue; // its writer has just made an object of it
            if (records[0].Start == 0) // else the object is there, and a row came late that nobody was told of
                await _objects.WriteAsync(pack, Whole(records), cancellationToken);
            await _journal.RemoveAsync(pack);
        }
        return packs.Count;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return; // once: a container that knows the store by two names disposes it twice
        _stopped.CancelAfter(LastPuts);
        await _stopping.CancelAsync();
        await _puts;
        _stopping.Dispose();
        _stopped.Dispose();
        await _objects.DisposeAsync();
    }

    /// <summary>The records at their places. Between them may be room of one that nobody was told of.</summary>
    private static List<ReadOnlyMemory<byte>> Whole(List<(long Start, byte[] Octets)> records)
    {
        var pieces = new List<ReadOnlyMemory<byte>>(records.Count);
        long length = 0;
        foreach (var (start, octets) in records)
        {
            if (start > length)
                pieces.Add(new byte[start - length]);
            pieces.Add(octets);
            length = start + octets.Length;
        }
        return pieces;
    }

    /// <summary>Gives a body its place in the open pack; null where too much waits.</summary>
    private GatheredPack? Reserve(byte[] octets, out long start)
    {
        lock (_gate)
        {
            start = 0;
            if (_octets + octets.Length > MaxWaiting)
                return null;
            _open ??= new GatheredPack(PackName.NextJournaled());
            start = _open.Length;
            _open.Add(octets);
            _open.Writers++;
            _waiting[_open.Name] = _open;
            _octets += octets.Length;
            BlobMetrics.Journaled.Add(octets.Length);
            return _open;
        }
    }

    /// <param name="isWell">The pack takes more.</param>
    private void Release(GatheredPack pack, bool isWell)
    {
        lock (_gate)
        {
            pack.Writers--;
            if (!isWell && _open == pack)
                _open = null;
        }
    }

    private async ValueTask<int> ReadJournaledAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (TryReadOwn(pack, offset, buffer, out var read))
            return read;
        var isYoung = _clock.GetUtcNow() - PackName.MadeAt(pack) < Young;
        if (isYoung && !_objects.Remembers(pack, offset) && await TryReadJournalAsync(pack, offset, buffer) is { } young)
            return young;
        try
        {
            return await _objects.ReadAsync(pack, offset, buffer, cancellationToken);
        }
        catch (IOException failure)
        {
            // An object that is not there is in the journal still; or has come out of it between the two looks.
            if (await TryReadJournalAsync(pack, offset, buffer) is { } kept)
                return kept;
            if (failure is not BlobException)
                throw;
            return await _objects.ReadAsync(pack, offset, buffer, cancellationToken);
        }
    }

    private bool TryReadOwn(string pack, long offset, Memory<byte> buffer, out int read)
    {
        lock (_gate)
        {
            var found = _waiting.TryGetValue(pack, out var own);
            read = found ? own!.Read(offset, buffer) : 0;
            return found;
        }
    }

    /// <exception cref="IOException">The database does not answer: whether the body is there nobody knows.</exception>
    private async Task<int?> TryReadJournalAsync(string pack, long offset, Memory<byte> buffer)
    {
        try
        {
            return await _journal.ReadAsync(pack, offset, buffer);
        }
        catch (Exception failure) when (DatabaseFaults.IsPassing(failure))
        {
            throw new IOException("The journal of bodies cannot be read.", failure);
        }
    }

    private async Task PutAllAsync()
    {
        using var timer = new PeriodicTimer(PutPace, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await PutWaitingAsync();
        }
        catch (OperationCanceledException)
        {
            await PutWaitingAsync();
        }
    }

    /// <summary>Makes objects of all that waits; what the store does not take waits on.</summary>
    private async Task PutWaitingAsync()
    {
        try
        {
            foreach (var pack in Sealed())
            {
                await _objects.WriteAsync(pack.Name, pack.Records, _stopped.Token);
                _objects.Remember(pack.Name, pack);
                Settle(pack.Name);
                await _journal.RemoveAsync(pack.Name);
            }
        }
        catch (Exception failure)
        {
            // Whatever it is, the next turn tries again; rows of a pack that is an object already are removed by RecoverAsync.
            System.Diagnostics.Debug.WriteLine(failure.Message);
        }
    }

    /// <summary>Packs that are complete. One to which a body is being added is not: its row may come yet.</summary>
    private List<GatheredPack> Sealed()
    {
        lock (_gate)
        {
            _open = null;
            return [.. _waiting.Values.Where(pack => pack.Writers == 0)];
        }
    }

    /// <summary>A pack waits no more.</summary>
    private void Settle(string pack)
    {
        long octets;
        lock (_gate)
        {
            octets = _waiting.Remove(pack, out var settled) ? settled.Length : 0;
            _octets -= octets;
            if (_open == settled)
                _open = null;
        }
        BlobMetrics.Journaled.Add(-octets);
    }
}
