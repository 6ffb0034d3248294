using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Spool;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Filtering;

/// <summary>Composes the service.</summary>
public static class FilteringService
{
    public static void AddFiltering(this MailMeshBuilder builder)
    {
        var options = FilteringOptions.From(builder.Settings);
        builder.AddSpool();
        builder.AddNotifications();
        builder.Services.AddSingleton(options);
        builder.Services.AddChecks();
        builder.Services.AddSingleton<Judge>();
        builder.Services.AddSingleton<BinaryConversion>();
        builder.Services.AddSingleton<VerdictStory>();
        builder.Services.AddSingleton<Dispatch>();
        builder.Consume<MessageReceived, MessageReceivedConsumer>(CommandQueues.Filtering, options.Concurrency);
    }

    /// <summary>The checks, in the order in which verdicts list them.</summary>
    private static void AddChecks(this IServiceCollection services)
    {
        services.AddSingleton<ICheck, LoopCheck>();
        services.AddSingleton<ICheck, SpfCheck>();
        services.AddSingleton<ICheck, DkimCheck>();
    }
}
