using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Storage;

/// <summary>Makes the bucket of a new mesh. Once there is mail, a bucket that is missing is a wrong setting, and a second one would hide it.</summary>
internal sealed partial class BucketCreation(
    MailMeshOptions options, MailDatabase database, SchemaGate schema, TimeProvider clock, ILogger<BucketCreation> log) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Mesh is not { } mesh)
            return;
        await schema.WaitAsync(stoppingToken);
        for (var pause = TimeSpan.FromMilliseconds(250); !await TryAsync(mesh.S3, stoppingToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            await Task.Delay(pause, clock, stoppingToken);
    }

    private async Task<bool> TryAsync(S3Options store, CancellationToken stoppingToken)
    {
        try
        {
            if (!await IsEmptyAsync())
                LogHasMail(log, store.Bucket);
            else if (await PackBlobStore.MakeBucketAsync(store, stoppingToken))
                LogMade(log, store.Bucket);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // Readiness tells the operator which engine is at fault; this is for who looks closer.
            LogWaits(log, failure.Message);
            return false;
        }
    }

    private async Task<bool> IsEmptyAsync() => await database.ReadAsync(session => session.ScalarAsync<long>(
        "SELECT (SELECT COUNT(*) FROM (SELECT id FROM contents LIMIT 1) c) + (SELECT COUNT(*) FROM (SELECT id FROM queue LIMIT 1) q)")) == 0;

    [LoggerMessage(4005, LogLevel.Information, "Bucket {Bucket} made for a mesh without mail")]
    private static partial void LogMade(ILogger log, string bucket);

    [LoggerMessage(4006, LogLevel.Debug, "The bucket cannot be made yet: {Reason}")]
    private static partial void LogWaits(ILogger log, string reason);

    [LoggerMessage(4007, LogLevel.Debug, "There is mail: bucket {Bucket} is not made, were it missing")]
    private static partial void LogHasMail(ILogger log, string bucket);
}
