using CsCheck;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Mailstore;
using MailMesh.Scheduled;
using MailMesh.Storage;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Storage;

/// <summary>Collection frees what nothing refers to, and never a body that something does.</summary>
public abstract class BlobCollectionContract(DatabaseEngine engine) : IAsyncLifetime
{
    private static readonly TimeSpan Past = TimeSpan.FromDays(1.5); // the grace period is a day

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private MailstoreHome _home = null!;
    private BlobCollection _collection = null!;
    private long _alice;
    private long _inbox;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(_clock, maxSegmentBytes: 100_000, engine: engine);
        _collection = new BlobCollection(
            _home.Blobs, new BlobReferences(_home.Database, _home.Blobs), _home.Database, new StorageOptions { CollectTransit = TimeSpan.FromDays(1) }, _clock, NullLogger<BlobCollection>.Instance);
        _alice = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Body_goes_two_grace_periods_after_its_last_message()
    {
        await ExpungeAsync(await FillAsync(10));
        var before = await PacksAsync();

        await CollectAsync(TimeSpan.FromHours(12)); // young: nothing
        Assert.Equal(before, await PacksAsync());
        await CollectAsync(Past); // contents marked
        await CollectAsync(Past); // contents removed, packs without references marked
        Assert.Equal(before, await PacksAsync());
        Assert.Equal(0, await _home.CountAsync("contents"));
        await CollectAsync(Past);
        Assert.Empty(await PacksAsync());
    }

    [ContractFact]
    public async Task Sparse_pack_is_compacted_and_stays_for_those_who_read_it()
    {
        var uids = await FillAsync(10);
        await FillPackAsync();
        await ExpungeAsync([.. uids.Skip(2)]);
        await CollectAsync(Past);
        var old = await ContentsAsync();
        await CollectAsync(Past);

        var moved = await ContentsAsync();
        Assert.Equal(2, moved.Count);
        Assert.All(moved.Zip(old), pair => Assert.NotEqual(pair.First.Blob, pair.Second.Blob));
        await AssertReadableAsync(moved);
        await AssertReadableAsync(old);

        await CollectAsync(Past);
        await AssertReadableAsync(moved);
        await Assert.ThrowsAsync<BlobException>(() => AssertReadableAsync(old));
    }

    [ContractFact]
    public async Task Full_pack_is_left_alone()
    {
        await FillAsync(10);
        var before = await ContentsAsync();
        await CollectAsync(Past);
        await CollectAsync(Past);
        Assert.Equal(before.Select(c => c.Blob), (await ContentsAsync()).Select(c => c.Blob));
    }

    [ContractFact]
    public async Task Message_on_its_way_keeps_its_pack()
    {
        var message = await BodyAsync(1, 120_000);
        await _home.Database.WriteAsync(session => session.ExecuteAsync(
            "INSERT INTO spool (message_id, payload, received_at) VALUES ('m', @payload, 0)",
            ("@payload", System.Text.Json.JsonSerializer.Serialize(new { MessageId = "m", message.Body }))));
        for (var i = 0; i < 4; i++)
            await CollectAsync(Past);
        await AssertReadableAsync(message.Body);
    }

    [ContractFact]
    public async Task Queued_message_keeps_its_body_and_follows_a_compaction()
    {
        var uids = await FillAsync(10);
        await FillPackAsync();
        var contents = await ContentsAsync();
        await _home.Database.ChangeAsync(context =>
        {
            context.Queue.Add(new QueueEntry
            {
                MessageId = "m",
                ReversePath = "",
                Recipient = "r",
                ForwardPath = "r",
                Domain = "d",
                Blob = contents[3].Blob,
                HeaderPrefix = [],
            });
            return Task.FromResult(true);
        });
        await ExpungeAsync(uids);
        for (var i = 0; i < 4; i++)
            await CollectAsync(Past);
        var blob = await _home.Database.ReadAsync(session => session.ScalarAsync<string>("SELECT blob FROM queue"));
        Assert.NotEqual(contents[3].Blob, blob);
        await AssertReadableAsync(blob!);
        Assert.Equal(0, await _home.CountAsync("contents"));
    }

    [ContractFact]
    public async Task Scheduled_message_keeps_its_body_and_goes_with_the_moved_one()
    {
        var uids = await FillAsync(10);
        await FillPackAsync();
        var contents = await ContentsAsync();
        await using var tracking = new TrackingLog(_home.Database, _clock);
        await using var scheduled = new ScheduledMail(_home.Database, tracking, _clock, NullLogger<ScheduledMail>.Instance);
        var message = Scheduled.ScheduledMailContract.Message("m") with { Body = contents[3].Blob };
        await scheduled.HoldAsync(message, _alice, null, _clock.GetUtcNow() + TimeSpan.FromDays(3));
        await ExpungeAsync(uids);
        for (var i = 0; i < 4; i++)
            await CollectAsync(Past);
        var due = Assert.Single(await scheduled.TakeDueAsync(10));
        Assert.NotEqual(contents[3].Blob, due.Message.Body);
        await AssertReadableAsync(due.Message.Body);
        Assert.Equal(0, await _home.CountAsync("contents"));
    }

    [ContractFact]
    public async Task Damaged_body_stays_with_its_pack_while_the_others_move()
    {
        var uids = await FillAsync(10);
        await FillPackAsync();
        await ExpungeAsync([.. uids.Skip(3)]);
        var contents = await ContentsAsync();
        await DamageAsync(contents[0].Blob);
        for (var i = 0; i < 5; i++)
            await CollectAsync(Past);
        var after = await ContentsAsync();
        Assert.Equal(contents[0].Blob, after[0].Blob);
        Assert.Contains(_home.Blobs.PackOf(contents[0].Blob), await PacksAsync());
        await AssertReadableAsync(after.Skip(1).ToList());
    }

    [ContractFact]
    public async Task Whatever_happens_messages_keep_their_bodies_and_the_rest_goes()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[0, int.MaxValue]);
        await step.List[5, 20].SampleAsync(async steps =>
        {
            foreach (var (kind, seed) in steps)
            {
                if (kind <= 1)
                    await FillAsync(1 + (seed % 12));
                else if (kind <= 3)
                    await ExpungeAsync([.. (await _home.Store.OpenAsync(_alice, "INBOX")).Messages.Select(m => m.Uid).Where(uid => (uid * 31 % 7) < seed % 8)]);
                else
                    await CollectAsync(Past);
                await AssertReadableAsync(await ContentsAsync());
            }
            await ExpungeAsync([.. (await _home.Store.OpenAsync(_alice, "INBOX")).Messages.Select(m => m.Uid)]);
            await FillPackAsync();
            await ExpungeAsync([.. (await _home.Store.OpenAsync(_alice, "INBOX")).Messages.Select(m => m.Uid)]);
            for (var i = 0; i < 5; i++)
                await CollectAsync(Past);
            Assert.Empty(await PacksAsync());
        }, iter: 6, threads: 1);
    }

    private async Task CollectAsync(TimeSpan later)
    {
        _clock.Advance(later);
        await _collection.RunAsync(CancellationToken.None);
    }

    /// <summary>Delivers messages of 10 KB that do not compress; gives their UIDs.</summary>
    private async Task<List<long>> FillAsync(int count)
    {
        var batch = new List<DeliverMessage>();
        for (var i = 0; i < count; i++)
            batch.Add(await BodyAsync(i, 10_000));
        return [.. (await _home.Store.DeliverAsync(batch)).Select(o => o.Recipients[0].Uid)];
    }

    /// <summary>Fills the pack that is in use, so that it takes no more.</summary>
    private Task FillPackAsync() => BodyAsync(0, 110_000);

    private async Task<DeliverMessage> BodyAsync(int seed, int size)
    {
        var body = new byte[size];
        new Random(seed).NextBytes(body);
        return await _home.MessageAsync("filler", _alice) with { Body = await _home.PutAsync(body), SizeBytes = size };
    }

    private Task ExpungeAsync(List<long> uids) => _home.Store.ExpungeAsync(_inbox, uids, evenWithoutDeleted: true);

    private async Task<IReadOnlyList<MessageContent>> ContentsAsync()
    {
        var inbox = await _home.Store.OpenAsync(_alice, "INBOX");
        return await _home.Store.ContentsAsync([.. inbox.Messages.Select(m => m.ContentId)]);
    }

    private async Task AssertReadableAsync(IReadOnlyList<MessageContent> contents)
    {
        foreach (var content in contents)
            await AssertReadableAsync(content.Blob);
    }

    private async Task AssertReadableAsync(string blob)
    {
        await using var stream = await _home.Blobs.OpenAsync(blob);
        await stream.CopyToAsync(Stream.Null); // verifies the hash
    }

    private async Task<List<string>> PacksAsync()
    {
        var packs = new List<string>();
        await foreach (var pack in _home.Blobs.PacksAsync())
            packs.Add(pack.Name);
        packs.Sort(StringComparer.Ordinal);
        return packs;
    }

    private async Task DamageAsync(string blob)
    {
        var path = Directory.GetFiles(_home.Folder, _home.Blobs.PackOf(blob), SearchOption.AllDirectories).Single();
        var offset = long.Parse(blob.Split('.')[2], System.Globalization.NumberStyles.HexNumber, null);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = offset + 500;
        file.Write(new byte[16]);
        file.Flush();
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
    }
}
