using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Dns;
using MailMesh.Hosting;
using MailMesh.Ingress.Pickup;
using MailMesh.Ingress.Policy;
using MailMesh.Ingress.Session;
using MailMesh.Rates;
using MailMesh.Sasl;
using MailMesh.Scheduled;
using MailMesh.Spool;
using MailMesh.Tracking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress;

/// <summary>Composes the service.</summary>
public static class IngressService
{
    private const string VerdictQueue = "verdicts";

    /// <summary>A verdict wakes a waiting session and does no more.</summary>
    private const int VerdictConcurrency = 64;

    public static void AddIngress(this MailMeshBuilder builder)
    {
        var options = IngressOptions.From(builder.Settings);
        var policies = ListenerPolicies.Read(builder.Settings);
        var limits = new ConnectionLimits(options, builder.Options.ExemptNetworks);
        builder.AddSpool();
        builder.AddRates();
        builder.AddSasl();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<VerdictWaiter>();
        builder.Services.TryAddSingleton<ScheduledMail>();
        builder.Services.TryAddSingleton<Leases>();
        builder.Services.TryAddSingleton<LeasedWork>();
        builder.Services.AddHostedService<ScheduledRelease>();
        builder.Services.AddSingleton<RelayClients>();
        var pickup = PickupOptions.From(builder.Settings);
        if (pickup.Folder is not null)
        {
            builder.Services.AddHostedService(services => new PickupFolder(
                services.GetRequiredService<SmtpServer>(), pickup, services.GetRequiredService<ILogger<PickupFolder>>()));
        }
        builder.Services.AddSingleton(services => new SmtpServer
        {
            Options = options,
            Hostname = builder.Options.Hostname,
            Accounts = services.GetRequiredService<AccountDirectory>(),
            Logins = services.GetRequiredService<LoginGuard>(),
            RelayClients = services.GetRequiredService<RelayClients>(),
            Rates = services.GetRequiredService<RateLimiter>(),
            Sasl = services.GetRequiredService<SaslServer>(),
            Blobs = services.GetRequiredService<IBlobStore>(),
            Intake = services.GetRequiredService<IMessageIntake>(),
            Scheduled = services.GetRequiredService<ScheduledMail>(),
            Verdicts = services.GetRequiredService<VerdictWaiter>(),
            VerdictTo = builder.AddressOfThisCopy(VerdictQueue),
            Tracking = services.GetRequiredService<TrackingLog>(),
            Certificate = services.GetRequiredService<ServerCertificate>(),
            Policies = new ListenerPolicies(policies, new PolicyEngines(
                services.GetRequiredService<IDnsResolver>(), services.GetRequiredService<RateLimiter>(), builder.Options.Hostname, services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<ListenerPolicy>>())),
            Limits = limits,
            Clock = services.GetRequiredService<TimeProvider>(),
            Log = services.GetRequiredService<ILogger<SmtpServer>>(),
        });
        builder.ReceiveInEveryCopy<MessageVerdict, VerdictReceiver>(VerdictQueue, VerdictConcurrency);
        Listen(builder, options, SmtpListener.Smtp, 2525, implicitTls: false);
        Listen(builder, options, SmtpListener.Submission, 2587, implicitTls: false);
        Listen(builder, options, SmtpListener.Submissions, 2465, implicitTls: true);
        Listen(builder, options, SmtpListener.Lmtp, port: null, implicitTls: false);
    }

    private static void Listen(MailMeshBuilder builder, IngressOptions options, SmtpListener listener, int? port, bool implicitTls) =>
        builder.Listen(new Listener(listener.Name, port, implicitTls, services =>
        {
            var server = services.GetRequiredService<SmtpServer>();
            return (connection, stopping) => server.ServeAsync(connection, listener, stopping);
        })
        {
            IsForUsers = listener.IsSubmission,
            Proxies = options.ProxyNetworks,
        });
}
