using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Testing;
using Npgsql;
using static MailMesh.Testing.StoredBodies;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>Bodies that are in the journal before they are in the object store: nobody loses one, whoever dies and whatever is away.</summary>
public sealed class PackJournalTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow + TimeSpan.FromHours(1);

    private TestBucket _bucket = null!;
    private EngineDatabase _database = null!;
    private TcpProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return; // every test is skipped
        _bucket = await TestBucket.CreateAsync();
        _database = await EngineDatabase.CreateAsync(DatabaseEngine.Postgres);
        _proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
    }

    public async Task DisposeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    [MeshFact]
    public async Task A_body_is_kept_and_read_by_all_processes_while_the_object_store_is_away_and_is_there_when_it_is_back()
    {
        await using var writer = Writer();
        await using var reader = PackBlobStore.OnS3(Through() with { CacheBytes = 0 }, _database.Connect());
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options with { CacheBytes = 0 });
        _proxy.Refuse();
        var small = await PutAsync(writer, Noise(10, 1));
        var larger = await PutAsync(writer, Noise(50_000, 2));
        Assert.Equal(Noise(10, 1), await GetAsync(reader, small));
        Assert.Equal(Noise(50_000, 2), await GetAsync(reader, larger));
        Assert.Equal(Noise(50_000, 2), await GetAsync(writer, larger));
        await Assert.ThrowsAsync<BlobException>(() => GetAsync(storeAlone, larger));

        _proxy.Pass();
        await Wait.UntilAsync("the journal is empty", async () => await RowsAsync() == 0);
        Assert.Equal(Noise(10, 1), await GetAsync(storeAlone, small));
        Assert.Equal(Noise(50_000, 2), await GetAsync(storeAlone, larger));
        Assert.Equal(Noise(50_000, 2), await GetAsync(reader, larger));
    }

    [MeshFact]
    public async Task Bodies_of_one_second_are_one_object()
    {
        await using var writer = Writer();
        var references = new List<string>();
        await Wait.UntilAsync("one that was written after another is in its pack", async () =>
        {
            references.Add(await PutAsync(writer, Noise(1000, references.Count)));
            return references.Count > 1 && writer.PackOf(references[^1]) == writer.PackOf(references[^2]);
        });
        await Wait.UntilAsync("the journal is empty", async () => await RowsAsync() == 0);
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
        for (var i = 0; i < references.Count; i++)
            Assert.Equal(Noise(1000, i), await GetAsync(storeAlone, references[i]));
        Assert.Equal(references.Select(writer.PackOf).Distinct().Count(), (await _bucket.ObjectsAsync()).Count);
    }

    [MeshFact]
    public async Task Who_wrote_bodies_reads_them_while_neither_the_store_nor_the_journal_has_to_be_asked()
    {
        await using var writer = Writer();
        var references = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PutAsync(writer, Noise(50_000, i))));
        await Wait.UntilAsync("the journal is empty", async () => await RowsAsync() == 0);
        _proxy.Refuse();
        await _database.Main.WriteAsync(session => session.ExecuteAsync("ALTER TABLE pack_journal RENAME TO nobody_asks"));
        for (var i = 0; i < references.Length; i++)
            Assert.Equal(Noise(50_000, i), await GetAsync(writer, references[i]));
    }

    [MeshFact]
    public async Task What_a_process_that_died_left_is_carried_on_by_another()
    {
        _proxy.Refuse();
        var references = new List<string>();
        await using (var writer = Writer())
        {
            for (var i = 0; i < 5; i++)
                references.Add(await PutAsync(writer, Noise(3000, i)));
        } // its last PUTs are refused, as if it had been killed
        Assert.NotEqual(0, await RowsAsync());
        await using var storage = PackBlobStore.OnS3(_bucket.Options, _database.Connect());
        Assert.Equal(0, await storage.CompleteUnfinishedAsync(DateTimeOffset.UtcNow - TimeSpan.FromHours(1))); // it may live
        Assert.Equal(references.Select(storage.PackOf).Distinct().Count(), await storage.CompleteUnfinishedAsync(Later));
        Assert.Equal(0, await RowsAsync());
        Assert.Equal(0, await storage.CompleteUnfinishedAsync(Later));
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
        for (var i = 0; i < references.Count; i++)
            Assert.Equal(Noise(3000, i), await GetAsync(storeAlone, references[i]));
    }

    /// <summary>It was only held up, and goes on while another process carries on what it has.</summary>
    [MeshFact]
    public async Task A_process_that_lives_after_all_loses_nothing_to_the_one_that_carries_on()
    {
        await using var storage = PackBlobStore.OnS3(_bucket.Options, _database.Connect());
        var references = new List<string>();
        await using (var writer = Writer())
        {
            using var ends = new CancellationTokenSource();
            var carrying = Task.Run(async () =>
            {
                while (!ends.IsCancellationRequested)
                    await storage.CompleteUnfinishedAsync(Later);
            });
            for (var i = 0; i < 300; i++)
            {
                if (i % 40 == 0)
                    _proxy.Refuse();
                else if (i % 20 == 0)
                    _proxy.Pass();
                references.Add(await PutAsync(writer, Noise(2000, i)));
            }
            _proxy.Pass();
            await ends.CancelAsync();
            await carrying;
        }
        await storage.CompleteUnfinishedAsync(Later);
        Assert.Equal(0, await RowsAsync());
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
        for (var i = 0; i < references.Count; i++)
            Assert.Equal(Noise(2000, i), await GetAsync(storeAlone, references[i]));
    }

    /// <summary>As the container of a service does that knows it as two services.</summary>
    [MeshFact]
    public async Task A_store_that_is_disposed_twice_has_ended_once()
    {
        foreach (var readers in new[] { true, false })
        {
            var store = PackBlobStore.OnS3(_bucket.Options with { ServesReaders = readers }, _database.Main);
            var reference = await PutAsync(store, Noise(1000, 1));
            await store.DisposeAsync();
            await store.DisposeAsync();
            Assert.Equal(0, await RowsAsync());
            await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
            Assert.Equal(Noise(1000, 1), await GetAsync(storeAlone, reference));
        }
    }

    [MeshFact]
    public async Task A_pack_that_is_sealed_or_gone_takes_no_more()
    {
        var journal = new PackJournal(_database.Main);
        var (sealed_, gone) = (PackName.NextJournaled(), PackName.NextJournaled());
        foreach (var pack in new[] { sealed_, gone })
        {
            Assert.True(await journal.AddAsync(pack, 0, [1, 2], DateTimeOffset.UtcNow));
            Assert.True(await journal.AddAsync(pack, 2, [3], DateTimeOffset.UtcNow));
        }
        Assert.Equal([1, 2, 3], (await journal.SealAsync(sealed_)).SelectMany(record => record.Octets));
        await journal.RemoveAsync(gone);
        Assert.False(await journal.AddAsync(sealed_, 3, [4], DateTimeOffset.UtcNow));
        Assert.False(await journal.AddAsync(gone, 3, [4], DateTimeOffset.UtcNow));
        Assert.Equal([1, 2, 3], (await journal.SealAsync(sealed_)).SelectMany(record => record.Octets));
        Assert.Empty(await journal.SealAsync(gone));
    }

    /// <summary>A body that nobody was told of, since its session with the database broke, may be missing between others, or come late.</summary>
    [MeshFact]
    public async Task What_came_into_the_journal_with_a_gap_or_too_late_is_carried_on()
    {
        var journal = new PackJournal(_database.Main);
        var pack = PackName.NextJournaled();
        Assert.True(await journal.AddAsync(pack, 0, [1, 2], DateTimeOffset.UtcNow));
        Assert.True(await journal.AddAsync(pack, 5, [3, 4], DateTimeOffset.UtcNow));
        await using var storage = new JournaledPackStorage(new S3PackStorage(_bucket.Options, TimeProvider.System), journal, isWriter: false, TimeProvider.System);
        Assert.Equal([1, 2], await ReadAsync(0, 7));
        Assert.Equal([3, 4], await ReadAsync(5, 2));
        Assert.Equal(1, await storage.RecoverAsync(Later, CancellationToken.None));
        Assert.Equal([1, 2, 0, 0, 0, 3, 4], await ReadAsync(0, 7));

        await _database.Main.WriteAsync(session => session.ExecuteAsync(
            "INSERT INTO pack_journal (pack, start, octets, at, sealed) VALUES (@pack, 2, @octets, 0, FALSE)", ("@pack", pack), ("@octets", new byte[] { 9 })));
        await storage.RecoverAsync(Later, CancellationToken.None);
        Assert.Equal(0, await RowsAsync());
        Assert.Equal([1, 2, 0, 0, 0, 3, 4], await ReadAsync(0, 7));

        async Task<byte[]> ReadAsync(long offset, int count)
        {
            var octets = new byte[count];
            return octets[..await storage.ReadAsync(pack, offset, octets)];
        }
    }

    [MeshFact]
    public async Task What_is_in_the_journal_alone_is_bounded_and_the_rest_is_refused_while_the_store_is_away()
    {
        await using var writer = Writer();
        _proxy.Refuse();
        var kept = new List<(string Reference, int Seed)>();
        IOException? refusal = null;
        for (var i = 0; refusal is null; i++)
        {
            Assert.True(i < 1000, "60 MB were taken without an object store");
            try
            {
                kept.Add((await PutAsync(writer, Noise(60_000, i)), i));
            }
            catch (IOException failure)
            {
                refusal = failure;
            }
        }
        Assert.IsNotType<BlobException>(refusal);
        Assert.InRange(kept.Count, 100, 140); // 8 MiB
        _proxy.Pass();
        await Wait.UntilAsync("the journal is empty", async () => await RowsAsync() == 0);
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
        foreach (var (reference, seed) in kept)
            Assert.Equal(Noise(60_000, seed), await GetAsync(storeAlone, reference));
        await GetAsync(writer, await PutAsync(writer, Noise(60_000, 1)));
    }

    [MeshFact]
    public async Task Where_the_database_is_away_a_body_goes_to_the_object_store_at_once()
    {
        await using var proxy = TcpProxy.To(EngineAddresses.FromEnvironment().PostgresPort);
        await using var database = MailDatabase.OnPostgres(new NpgsqlConnectionStringBuilder(EngineAddresses.FromEnvironment().Postgres) { Port = proxy.Port }.ConnectionString);
        await using var writer = PackBlobStore.OnS3(_bucket.Options with { ServesReaders = true }, database);
        await using var storeAlone = PackBlobStore.OnS3(_bucket.Options);
        proxy.Refuse();
        Assert.Equal(Noise(1000, 1), await GetAsync(storeAlone, await PutAsync(writer, Noise(1000, 1))));
    }

    private PackBlobStore Writer() => PackBlobStore.OnS3(Through() with { ServesReaders = true }, _database.Main);

    private S3Options Through() => _bucket.Options with { Endpoint = new UriBuilder(_bucket.Options.Endpoint) { Port = _proxy.Port }.Uri };

    private Task<long> RowsAsync() => _database.Main.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM pack_journal"));
}
