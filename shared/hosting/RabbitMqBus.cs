using System.Globalization;
using System.Net.Security;
using MailMesh.Contracts;
using MailMesh.Tracking;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MailMesh.Hosting;

/// <summary>The bus on RabbitMQ: commands in durable quorum queues that every publisher declares, events and replies in queues that live as long as their process.</summary>
/// <remarks>
/// A command is persistent, mandatory and confirmed: publishing completes when a quorum has it, and fails where no queue takes
/// it. Replies and events are none of these: whoever waited for them has gone.
/// </remarks>
internal sealed class RabbitMqBus(IBus bus, MailboxAnnouncements announcements, CopyQueues queues) : IMessageBus
{
    /// <summary>The exchange of <see cref="MailboxChanged"/>; the routing key is the account.</summary>
    public const string Events = "access";

    /// <summary>RabbitMQ 4 drops a message after twenty deliveries unless told otherwise; <see cref="FaultFilter"/> has a limit of its own, and drops nothing.</summary>
    private const int NoDeliveryLimit = 1_000_000_000;

    /// <summary>A paused broker or a dead link is noticed within twice this.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void Configure(
        IRabbitMqBusFactoryConfigurator configure, IBusRegistrationContext context, IReadOnlyList<BusEndpoint> endpoints, Uri broker, string instanceId)
    {
        configure.Host(HostOf(broker), host => ConfigureHost(host, broker));
        Reconnection.Hasten(configure);
        ConfigureCommand<MessageReceived>(configure, CommandQueues.Filtering);
        ConfigureCommand<DeliverMessage>(configure, CommandQueues.Storage);
        ConfigureCommand<RelayMessage>(configure, CommandQueues.Relay);
        foreach (var endpoint in endpoints)
        {
            if (endpoint.EveryCopy)
                ConfigureCopy(configure, context, endpoint, instanceId);
            else
                ConfigureShared(configure, context, endpoint);
        }
    }

    public async Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        if (message is MailboxChanged change)
        {
            announcements.Add(change);
            return;
        }
        // Filtering may be quicker than this copy's queue, which its verdict would miss.
        if (message is MessageReceived { VerdictTo: { } session })
            await queues.ThereAsync(CopyAddress.Parse(session).Queue, cancellationToken);
        var attempts = 0;
        await bus.Publish(message, context =>
        {
            // MassTransit sends again after a broken connection. A session's message must not be in the queue twice: two copies
            // of filtering could accept and refuse it. Commands may be: their receivers know a repetition.
            if (message is MessageReceived { VerdictTo: not null } && attempts++ > 0)
                throw new IOException("The connection to the broker broke; nobody knows whether it has the message.");
            context.Mandatory = true;
        }, cancellationToken);
    }

    public async Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        var (name, copy) = CopyAddress.Parse(queue);
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{name}?type=direct"));
        await endpoint.Send(message, context => MakePassing(context, copy), cancellationToken);
    }

    /// <summary>For whoever is there now: neither kept nor confirmed.</summary>
    public static void MakePassing(SendContext context, string routingKey)
    {
        context.SetRoutingKey(routingKey);
        context.Durable = false;
        if (context.TryGetPayload<RabbitMqSendContext>(out var sending))
            sending.AwaitAck = false;
    }

    public static string KeyOf(long accountId) => accountId.ToString(CultureInfo.InvariantCulture);

    /// <summary>For a connection beside MassTransit's.</summary>
    public static ConnectionFactory FactoryOf(Uri broker) => new() { Uri = broker, AutomaticRecoveryEnabled = false, RequestedHeartbeat = Heartbeat };

    /// <summary>The broker's address as MassTransit reads it, without user and password.</summary>
    private static Uri HostOf(Uri broker) =>
        new UriBuilder(broker) { Scheme = broker.Scheme == "amqps" ? "rabbitmqs" : "rabbitmq", Port = PortOf(broker), UserName = "", Password = "", Query = "" }.Uri;

    internal static int PortOf(Uri broker) => broker.Port > 0 ? broker.Port : broker.Scheme == "amqps" ? 5671 : 5672;

    internal static string VirtualHostOf(Uri broker) => broker.AbsolutePath is "" or "/" ? "/" : Uri.UnescapeDataString(broker.AbsolutePath[1..]);

    private static void ConfigureHost(IRabbitMqHostConfigurator host, Uri broker)
    {
        var user = broker.UserInfo.Split(':', 2);
        host.Username(user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : "guest");
        host.Password(user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "guest");
        host.PublisherConfirmation = true;
        host.Heartbeat(Heartbeat);
        host.RequestedConnectionTimeout(TimeSpan.FromSeconds(10));
        host.ContinuationTimeout(TimeSpan.FromSeconds(10));
        if (broker.Scheme == "amqps")
            host.UseSsl(ssl =>
            {
                ssl.ServerName = broker.Host;
                // MassTransit's own default takes a certificate that nobody vouches for.
                ssl.CertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None;
            });
    }

    /// <summary>Every process that publishes declares the queue too: a command waits there, whether or not its consumer has ever run.</summary>
    private static void ConfigureCommand<T>(IRabbitMqBusFactoryConfigurator configure, string queue)
        where T : class
    {
        configure.Message<T>(topology => topology.SetEntityName(queue));
        configure.Publish<T>(topology => topology.BindQueue(queue, queue, SetCommandQueue));
    }

    private static void SetCommandQueue(IRabbitMqQueueConfigurator queue)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", NoDeliveryLimit);
    }

    private static void ConfigureShared(IRabbitMqBusFactoryConfigurator configure, IBusRegistrationContext context, BusEndpoint endpoint) =>
        configure.ReceiveEndpoint(endpoint.Queue, receive =>
        {
            SetCommandQueue(receive);
            receive.ConcurrentMessageLimit = endpoint.Concurrency;
            receive.PrefetchCount = endpoint.Concurrency;
            receive.PublishFaults = false;
            receive.ConfigureConsumeTopology = false; // the exchange of the queue's name is the command's own
            var log = context.GetRequiredService<ILogger<RabbitMqBus>>();
            receive.ConfigureDeadLetter(unknown => unknown.UseFilter(new UnknownMessageFilter(endpoint.Queue, log)));
            receive.UseFilter(new FaultFilter(endpoint.Queue, context.GetService<TrackingLog>(), context.GetRequiredService<IHostApplicationLifetime>(), log));
            receive.UseFilter(new KnownVersionFilter());
            endpoint.Configure(context, receive);
        });

    private static void ConfigureCopy(IRabbitMqBusFactoryConfigurator configure, IBusRegistrationContext context, BusEndpoint endpoint, string instanceId) =>
        configure.ReceiveEndpoint(CopyAddress.QueueOf(endpoint.Queue, instanceId), receive =>
        {
            receive.Durable = false;
            receive.AutoDelete = true;
            receive.ConfigureConsumeTopology = false;
            receive.ConnectReceiveEndpointObserver(context.GetRequiredService<CopyQueues>().Observe(endpoint.Queue));
            if (endpoint.Queue == Events)
                receive.ConnectReceiveEndpointObserver(context.GetRequiredService<AccountBindings>());
            receive.Bind(endpoint.Queue, binding =>
            {
                binding.ExchangeType = ExchangeType.Direct;
                binding.RoutingKey = instanceId;
            });
            receive.ConcurrentMessageLimit = endpoint.Concurrency;
            receive.PrefetchCount = endpoint.Concurrency * 2;
            receive.PublishFaults = false;
            receive.DiscardFaultedMessages();
            receive.DiscardSkippedMessages();
            receive.UseFilter(new KnownVersionFilter());
            endpoint.Configure(context, receive);
        });
}
