using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Search;
using MailMesh.Spool;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Storage;

/// <summary>Composes the service.</summary>
public static class StorageService
{
    public static void AddStorage(this MailMeshBuilder builder)
    {
        var options = StorageOptions.From(builder.Settings);
        builder.OwnSchema();
        builder.AddSpool();
        builder.AddNotifications();
        builder.Services.AddMailstore();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services => (IBlobCollector)services.GetRequiredService<IBlobStore>());
        builder.Services.AddSingleton<DeliveryGroups>();
        builder.Services.AddSingleton<DeliveryReports>();
        builder.Services.AddSingleton<Retention>();
        builder.Services.TryAddSingleton<TextIndex>();
        builder.Services.AddSingleton<TextIndexing>();
        builder.Services.AddSingleton(services => new BlobReferences(
            services.GetRequiredService<MailDatabase>(),
            services.GetRequiredService<IBlobCollector>(),
            builder.Options.Mesh is { } mesh ? new ErrorQueues.ErrorQueues(mesh.RabbitMq, [CommandQueues.Filtering, CommandQueues.Storage, CommandQueues.Relay]) : null));
        builder.Services.AddSingleton<BlobCollection>();
        builder.Services.TryAddSingleton<Leases>();
        builder.Services.TryAddSingleton<LeasedWork>();
        builder.Services.AddHostedService<BucketCreation>();
        builder.Services.AddHostedService<Maintenance>();
        builder.Consume<DeliverMessage, DeliverMessageConsumer>(CommandQueues.Storage, options.Concurrency);
    }
}
