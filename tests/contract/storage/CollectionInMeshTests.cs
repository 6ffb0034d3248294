using System.Text;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Storage;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using Queues = MailMesh.ErrorQueues.ErrorQueues;

namespace MailMesh.Contract.Tests.Storage;

/// <summary>In a mesh a message that waits on the bus, or in an error queue, finds its body.</summary>
public sealed class CollectionInMeshTests
{
    [MeshFact]
    public async Task A_body_is_kept_while_its_message_may_wait_on_the_bus_and_while_it_is_in_an_error_queue()
    {
        await using var engines = await MeshEngines.CreateAsync();
        await using var database = MailDatabase.OnPostgres(engines.Database.ConnectionString);
        await database.MigrateAsync();
        await PackBlobStore.MakeBucketAsync(engines.Bucket.Options);
        await using var blobs = PackBlobStore.OnS3(engines.Bucket.Options);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var errors = new Queues(engines.Broker.Uri, ["filtering", "storage", "relay"]);
        var collection = new BlobCollection(
            blobs, new BlobReferences(database, blobs, errors), database, new StorageOptions(), clock, NullLogger<BlobCollection>.Instance);
        await using var writer = blobs.Create();
        await writer.WriteAsync("waits"u8.ToArray());
        var reference = await writer.CompleteAsync();

        for (var days = 0; days < 28; days += 7)
            await CollectAfterAsync(7);
        Assert.True(await IsThereAsync(), "gone while its message may wait in a queue");

        await FailAsync(engines.Broker.Uri, $$$"""{"message":{"messageId":"m","body":"{{{reference}}}"}}""");
        for (var weeks = 0; weeks < 4; weeks++)
            await CollectAfterAsync(7);
        Assert.True(await IsThereAsync(), "gone while its message waits in an error queue");

        await errors.DeleteAsync(_ => true);
        await CollectAfterAsync(2); // noted as dead
        await CollectAfterAsync(2);
        Assert.False(await IsThereAsync(), "never collected");

        async Task CollectAfterAsync(int days)
        {
            clock.Advance(TimeSpan.FromDays(days));
            await collection.RunAsync(CancellationToken.None);
        }

        async Task<bool> IsThereAsync() => (await engines.Bucket.ObjectsAsync()).Contains(blobs.PackOf(reference));
    }

    [MeshFact]
    public async Task Nothing_is_collected_while_the_broker_does_not_answer()
    {
        await using var engines = await MeshEngines.CreateAsync();
        await using var database = MailDatabase.OnPostgres(engines.Database.ConnectionString);
        await database.MigrateAsync();
        await using var blobs = PackBlobStore.OnS3(engines.Bucket.Options);
        var away = new Queues(new UriBuilder(engines.Broker.Uri) { Port = ServerPorts.Find().First }.Uri, ["storage"]);
        await Assert.ThrowsAnyAsync<IOException>(() => new BlobReferences(database, blobs, away).PacksInTransitAsync(CancellationToken.None));
    }

    private static async Task FailAsync(Uri broker, string message)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeclareAsync("storage_error", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await channel.BasicPublishAsync("", "storage_error", mandatory: true, new BasicProperties { MessageId = "1", Persistent = true }, Encoding.UTF8.GetBytes(message));
    }
}
