using MailMesh.Database;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>Brings the schema to this version before anything else starts.</summary>
internal sealed class SchemaMigration(MailDatabase database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => database.MigrateAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
