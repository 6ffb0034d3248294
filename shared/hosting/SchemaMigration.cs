using MailMesh.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Brings the schema to this version: before anything else starts on the embedded database, and in a mesh as soon as the database lets us.</summary>
internal sealed partial class SchemaMigration(
    MailDatabase database, MailMeshOptions options, SchemaOwner owner, SchemaGate gate, TimeProvider clock, ILogger<SchemaMigration> log) : BackgroundService
{
    /// <summary>A database that has come back is asked within this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Mesh is null)
        {
            await database.MigrateAsync(cancellationToken);
            gate.Open();
        }
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Mesh is null || !owner.IsThisProcess)
            return;
        await Task.Yield(); // a start waits for no engine
        for (var pause = TimeSpan.FromMilliseconds(250); !await TryAsync(stoppingToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            await Task.Delay(pause, clock, stoppingToken);
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.MigrateAsync(stoppingToken);
            gate.Fault = null;
            gate.Open();
            LogMigrated(log);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            gate.Fault = failure;
            // DependencyWatch tells the operator; this is for who looks closer.
            LogWaits(log, DependencyFault.Explain(SettingException.NameOf(MeshOptions.PostgresKey), failure, options.Mesh));
            return false;
        }
    }

    [LoggerMessage(1010, LogLevel.Information, "The database's schema is that of this version")]
    private static partial void LogMigrated(ILogger log);

    [LoggerMessage(1011, LogLevel.Debug, "The schema cannot be brought to this version yet: {Reason}")]
    private static partial void LogWaits(ILogger log, string reason);
}

/// <summary>Whether this process brings the schema of a mesh's database to its version.</summary>
internal sealed record SchemaOwner(bool IsThisProcess);
