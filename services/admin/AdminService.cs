using MailMesh.Bans;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Outbound;
using MailMesh.Scheduled;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Admin;

/// <summary>Composes the service.</summary>
public static class AdminService
{
    public static void AddAdmin(this MailMeshBuilder builder)
    {
        builder.Services.AddSingleton(AdminOptions.From(builder.Settings));
        builder.Services.AddSingleton<AdminToken>();
        builder.AddBans();
        builder.Services.AddSingleton<MailHoldings>();
        builder.Services.TryAddSingleton<MailboxDirectory>();
        builder.Services.TryAddSingleton<AccessControlList>();
        builder.Services.AddSingleton<MessageSearch>();
        builder.Services.AddSingleton<SelfExamination>();
        builder.Services.TryAddSingleton<ScheduledMail>();
        builder.Services.TryAddSingleton<OutboundQueue>();
        builder.Services.TryAddSingleton<QueueOperations>();
        builder.Services.AddSingleton(_ => new ErrorDesk(builder.Options.Mesh is { } mesh ? new(mesh.RabbitMq, [CommandQueues.Filtering, CommandQueues.Storage, CommandQueues.Relay]) : null));
        builder.Services.AddHostedService<AdminAddress>();
        builder.Services.AddHostedService<ErrorGauge>();
        builder.MapHttp(MapApi);
    }

    private static void MapApi(IEndpointRouteBuilder http)
    {
        _ = http.ServiceProvider.GetRequiredService<AdminToken>(); // made before the listeners accept
        var me = http.MapGroup("/api/v1/me");
        me.AddEndpointFilter<UserGate>();
        ScheduledApi.MapOfUser(me);
        AppPasswordsApi.MapOfUser(me);
        SecondFactorApi.MapOfUser(me);
        var api = http.MapGroup("/api/v1");
        api.AddEndpointFilter<AdminGate>();
        DomainsApi.Map(api);
        AccountsApi.Map(api);
        AliasesApi.Map(api);
        RoutesApi.Map(api);
        QueueApi.Map(api);
        ScheduledApi.Map(api);
        TrackingApi.Map(api);
        BansApi.Map(api);
        RelayClientsApi.Map(api);
        GrantsApi.Map(api);
        AppPasswordsApi.Map(api);
        SecondFactorApi.Map(api);
        RightsApi.Map(api);
        ErrorsApi.Map(api);
        StatusApi.Map(api);
        api.MapFallback((HttpContext context) => Replies.NotFound($"Nothing answers to {context.Request.Method} {context.Request.Path}."));
    }
}
