using System.Net;
using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Outbound;
using MailMesh.Relay;
using MailMesh.Testing;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace MailMesh.Protocol.Tests;

/// <summary>A relay on a database and a blob store of its own, without the bus, with a clock and a DNS that the test sets.</summary>
internal sealed class RelayHarness : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    private readonly MailDatabase _database;
    private readonly PackBlobStore _blobs;
    private readonly RelayMetrics _metrics = new();
    private readonly RelayOptions _options;
    private readonly NotificationSender _notifications;
    private Settlement? _settlement;
    private RelayScheduler? _scheduler;

    private RelayHarness(RelayOptions options)
    {
        var folder = Scratch.NewFolder("relay");
        _options = options;
        _database = MailDatabase.OnSqlite(Path.Combine(folder, "mailmesh.db"));
        _blobs = PackBlobStore.OnFiles(Path.Combine(folder, "blobs"));
        Tracking = new TrackingLog(_database, Clock);
        Queue = new OutboundQueue(_database, Clock);
        Operations = new QueueOperations(_database, Queue, Clock);
        Common = new MailMeshOptions { Hostname = "relay.test", ExemptNetworks = NetworkList.TryParse("", out var none) ? none : throw new InvalidOperationException() };
        _notifications = new NotificationSender(Intake, _blobs, Tracking, Common, Clock);
        Reporter = new FailureReporter(Queue, _notifications, Tracking, options, _metrics, Clock, NullLogger<FailureReporter>.Instance);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public FixedDnsResolver Dns { get; } = new();

    public RecordingIntake Intake { get; } = new();

    public TrackingLog Tracking { get; }

    public OutboundQueue Queue { get; }

    public QueueOperations Operations { get; }

    public MailMeshOptions Common { get; }

    public FailureReporter Reporter { get; }

    /// <summary>Ports that are this server's own.</summary>
    public List<int> OwnPorts { get; } = [];

    public static async Task<RelayHarness> StartAsync(int port, Func<RelayOptions, RelayOptions>? configure = null)
    {
        var options = new RelayOptions { Port = port, Idle = TimeSpan.FromSeconds(10) };
        var harness = new RelayHarness(configure?.Invoke(options) ?? options);
        await harness._database.MigrateAsync();
        await harness.StartSchedulerAsync();
        return harness;
    }

    /// <summary>Stops the relay as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await _scheduler!.StopAsync(CancellationToken.None);
        _scheduler.Dispose();
        await _settlement!.DisposeAsync();
        _scheduler = null;
    }

    public async Task StartSchedulerAsync()
    {
        var active = new ActiveRows(_options.ActiveRecipients, _metrics, Queue.SignalWork, Clock);
        var own = new OwnServers(Common.Hostname, OwnPorts, () => []);
        _settlement = new Settlement(Queue, new RetrySchedule(_options, new Random(1)), _notifications, Tracking, active, _metrics, Clock, NullLogger<Settlement>.Instance);
        var connector = new SmtpConnector(Dns, own, _options, Common, Clock);
        var worker = new DeliveryWorker(connector, _settlement, active, _blobs, _options, _metrics, Clock, NullLogger<DeliveryWorker>.Instance);
        var resolver = new NextHopResolver(new RelayRoutes(_database), Dns, own, _options);
        _scheduler = new RelayScheduler(Queue, resolver, worker, _settlement, active, _options, Clock, NullLogger<RelayScheduler>.Instance);
        await _scheduler.StartAsync(CancellationToken.None);
    }

    /// <summary>A domain whose mail goes to loopback.</summary>
    public RelayHarness WithDomain(string domain)
    {
        Dns.Add(domain, "MX", $"10 mx.{domain}").Add($"mx.{domain}", "A", "127.0.0.1");
        return this;
    }

    public async Task SendAsync(string id, string body, string from, params string[] recipients) => await Queue.EnqueueAsync([await MessageAsync(id, body, from, recipients)]);

    public async Task<RelayMessage> MessageAsync(string id, string body, string from, params string[] recipients)
    {
        await using var writer = _blobs.Create();
        await writer.WriteAsync(Encoding.UTF8.GetBytes(body));
        return new RelayMessage
        {
            MessageId = id,
            TraceParent = $"00-{id}-0123456789abcdef-01",
            ReversePath = from,
            Recipients = [.. recipients.Select(r => new RemoteRecipient { Address = r, ForwardPath = r })],
            Body = await writer.CompleteAsync(),
            SizeBytes = body.Length,
            HeaderPrefix = "X-Prefix: 1\r\n",
            ReceivedAt = Clock.GetUtcNow(),
        };
    }

    /// <summary>Waits until the queue is as wanted.</summary>
    public Task UntilAsync(string what, Func<QueueCounts, bool> condition) => Wait.UntilAsync(what, async () => condition(await Operations.CountAsync()));

    /// <summary>Waits until the only row is as wanted.</summary>
    public Task<QueueEntry> RowAsync(string what, Predicate<QueueEntry> condition) =>
        Wait.ForAsync(what, async () => (await Operations.ListAsync(new QueueFilter())) is [var row] && condition(row) ? row : null);

    /// <summary>Waits for a line of a message's story.</summary>
    public Task<TrackingEvent> EventAsync(string id, string name) =>
        Wait.ForAsync($"{name} of {id}", async () => (await Tracking.ReadAsync(id)).FirstOrDefault(line => line.Event == name));

    public async Task<MimeMessage> ReadAsync(MessageReceived message)
    {
        await using var body = await _blobs.OpenAsync(message.Body);
        return await MimeMessage.LoadAsync(body);
    }

    /// <summary>Lets time pass and the scheduler look at its queue.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time);
        Queue.SignalWork();
    }

    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
            await StopAsync();
        Reporter.Dispose();
        await Tracking.DisposeAsync();
        await _blobs.DisposeAsync();
        await _database.DisposeAsync();
    }
}
