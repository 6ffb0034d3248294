using System.Net;
using System.Text;
using MailMesh.Accounts;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Dns;
using MailMesh.Hosting.Tls;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MailMesh.Hosting;

/// <summary>Composes a process from services. Each service's Add… extension declares its listeners, consumers and HTTP endpoints here.</summary>
public sealed class MailMeshBuilder
{
    private readonly WebApplicationBuilder _web;
    private const long DiskCacheOfReaders = 1L << 30;

    private readonly string _service;
    private readonly int _httpPort;
    private readonly List<Listener> _listeners = [];
    private readonly List<BusEndpoint> _endpoints = [];
    private readonly List<Action<IEndpointRouteBuilder>> _http = [];
    /// <summary>Npgsql cancels a statement that timed out by a request that blocks its thread: a database that hangs must not hold up sessions that do not need it.</summary>
    private const int MinThreadsOfMesh = 16;

    private bool _ownsSchema;

    /// <param name="service">Name of the process in traces and logs.</param>
    /// <param name="args">Command line: --data DIR, --port-offset N, --KEY VALUE.</param>
    /// <param name="httpPort">Default port of the HTTP listener.</param>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public MailMeshBuilder(string service, string[] args, int httpPort = ServerProgram.AdminPort)
    {
        // Before MimeKit's first use: it remembers then which charsets there are, and mail comes in Shift_JIS and ISO-2022-JP too.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        _service = service;
        _httpPort = httpPort;
        _web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = $"MailMesh.{service}", ContentRootPath = AppContext.BaseDirectory });
        var switches = new Dictionary<string, string> { ["--data"] = "Data", ["--port-offset"] = "PortOffset" };
        DropUnprefixedEnvironment();
        _web.Configuration.AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true);
        _web.Configuration.AddEnvironmentVariables("MAILMESH__");
        _web.Configuration.AddCommandLine(args, switches);
        Options = MailMeshOptions.From(_web.Configuration);
        if (Options.Mesh is not null)
            ThreadPool.SetMinThreads(MinThreadsOfMesh, MinThreadsOfMesh);
        DataFolder.Create(Options.Data);
        AddDefaults();
    }

    public MailMeshOptions Options { get; }

    /// <summary>Readers come back to a message for days; the other services read a body once or twice, soon after it came.</summary>
    private bool ServesReaders => _service is "access" or "standalone";

    /// <summary>For a service's options record.</summary>
    public Settings Settings => new(_web.Configuration);

    public IServiceCollection Services => _web.Services;

    /// <summary>Opens a TCP port of a service.</summary>
    public void Listen(Listener listener) => _listeners.Add(listener);

    /// <summary>Makes this process one that brings the schema of a mesh's database to its version. On the embedded database every process does.</summary>
    public void OwnSchema() => _ownsSchema = true;

    /// <summary>Consumes commands from a queue that all copies of the service share.</summary>
    /// <param name="queue">The queue's name, such as 'filtering'.</param>
    /// <param name="concurrency">Messages in work at once.</param>
    public void Consume<T, TConsumer>(string queue, int concurrency)
        where T : class
        where TConsumer : class, ICommandConsumer<T> =>
        _endpoints.Add(BusEndpoint.Shared<T, TConsumer>(queue, concurrency));

    /// <summary>Receives the events or replies that every copy of the service gets for itself.</summary>
    /// <param name="queue">Name of the address; each copy has a queue of its own behind it.</param>
    /// <param name="concurrency">Messages in work at once.</param>
    public void ReceiveInEveryCopy<T, TReceiver>(string queue, int concurrency)
        where T : class
        where TReceiver : class, IReceiver<T> =>
        _endpoints.Add(BusEndpoint.OfCopy<T, TReceiver>(queue, concurrency));

    /// <summary>Names this process among the copies of its service.</summary>
    public string InstanceId { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Where others send what <see cref="ReceiveInEveryCopy{T, TReceiver}"/> of this copy receives.</summary>
    public Uri AddressOfThisCopy(string queue) => CopyAddress.Of(queue, InstanceId);

    /// <summary>Adds endpoints to the HTTP listener.</summary>
    public void MapHttp(Action<IEndpointRouteBuilder> map) => _http.Add(map);

    /// <exception cref="SettingException">A listener's address is wrong.</exception>
    public WebApplication Build()
    {
        Services.AddBus(_endpoints, Options.Mesh, InstanceId);
        var http = AddressOf("http", _httpPort);
        var listeners = _listeners.Where(IsWanted).ToList();
        OpenListener[] open = [new("http", http, false), .. listeners.Select(l => new OpenListener(l.Name, AddressOf(l.Name, l.DefaultPort), l.ImplicitTls))];
        Services.AddSingleton(services => new OpenListeners(services.GetRequiredService<IServer>(), open));
        if (_listeners.Count > 0)
            Services.AddHostedService<CertificateWatch>(); // who speaks to nobody needs no certificate
        _web.WebHost.UseKestrelCore();
        _web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(http);
            foreach (var listener in listeners)
                kestrel.Listen(AddressOf(listener.Name, listener.DefaultPort), options =>
                {
                    var connections = options.ApplicationServices.GetRequiredService<ListenerConnections>();
                    var session = listener.Session(options.ApplicationServices);
                    options.Run(context => connections.ServeAsync(context, listener, session));
                });
        });
        var app = _web.Build();
        app.UseRouting();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        foreach (var map in _http)
            map(app);
        return app;
    }

    /// <summary>A shell's HOSTNAME or DATA is not a setting of ours; only MAILMESH__… is.</summary>
    private void DropUnprefixedEnvironment()
    {
        var sources = ((IConfigurationBuilder)_web.Configuration).Sources;
        foreach (var source in sources.OfType<EnvironmentVariablesConfigurationSource>().Where(s => string.IsNullOrEmpty(s.Prefix)).ToArray())
            sources.Remove(source);
    }

    private bool IsWanted(Listener listener) => listener.DefaultPort is not null || Settings.Text($"Listen:{listener.Name}") is not null;

    private IPEndPoint AddressOf(string name, int? port) =>
        Settings.Text($"Listen:{name}") is { } text
            ? Settings.EndPoint($"Listen:{name}", text)
            : new IPEndPoint(IPAddress.Loopback, port!.Value + Options.PortOffset);

    private void AddDefaults()
    {
        _web.Logging.ClearProviders();
        _web.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true; // the trace id of the message at hand
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        _web.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        _web.Logging.SetMinimumLevel(LogLevel.Information);
        _web.Logging.AddFilter("Microsoft", LogLevel.Warning);
        _web.Logging.AddConfiguration(_web.Configuration.GetSection("Logging"));
        Services.AddSingleton(Options);
        Services.AddRoutingCore();
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton<ServerCertificate>();
        Services.AddSingleton(_ => new ConnectionBounds());
        Services.AddSingleton<ListenerConnections>();
        Services.AddSingleton<ConnectionDeadlines>();
        Services.AddSingleton(_ => Options.Mesh is { } mesh ? MailDatabase.OnPostgres(mesh.Postgres) : MailDatabase.OnSqlite(Path.Combine(Options.Data, "mailmesh.db")));
        var diskCache = Settings.Number("Blobs:DiskCacheBytes", ServesReaders ? DiskCacheOfReaders : 0, 0, 64L << 40);
        Services.AddSingleton<IBlobStore>(services => Options.Mesh is { } mesh
            ? PackBlobStore.OnS3(
                mesh.S3 with { DiskCacheFolder = Path.Combine(Options.Data, "blob-cache"), DiskCacheBytes = diskCache, ServesReaders = ServesReaders },
                services.GetRequiredService<MailDatabase>())
            : PackBlobStore.OnFiles(Path.Combine(Options.Data, "blobs")));
        Services.AddSingleton<IDnsResolver>(_ => new DnsClientResolver(Options.DnsServers));
        var iterations = (int)Settings.Number("Accounts:ScramIterations", new AccountDirectoryOptions().ScramIterations, ScramCredentials.MinIterations, ScramCredentials.MaxIterations);
        Services.AddSingleton(_ => new AccountDirectoryOptions(Options.Hostname) { ScramIterations = iterations, DecoyKey = DecoyKey.Of(Options) });
        Services.AddSingleton<AccountDirectory>();
        Services.AddSingleton<AccountAdministration>();
        Services.AddSingleton<SendGrantAdministration>();
        Services.AddSingleton<AppPasswordAdministration>();
        Services.AddSingleton<SecondFactor>();
        Services.AddSingleton(services => new WebSessions(services.GetRequiredService<MailDatabase>(), services.GetRequiredService<TimeProvider>(), WebSessionKey.Of(Options)));
        Services.AddSingleton<RelayClientAdministration>();
        Services.AddSingleton<TrackingLog>();
        Services.AddSingleton<SchemaGate>();
        Services.AddSingleton(_ => new SchemaOwner(_ownsSchema));
        Services.AddHostedService<SchemaMigration>(); // before every other hosted service: they use the schema
        Services.AddHealth();
        AddTelemetry();
    }

    private void AddTelemetry()
    {
        Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(_service, serviceNamespace: "mailmesh", serviceInstanceId: InstanceId))
            .WithTracing(tracing =>
            {
                tracing.AddSource(Telemetry.Name).SetSampler(new AlwaysOnSampler());
                if (Options.OtelEndpoint is { } endpoint)
                    tracing.AddOtlpExporter(otlp => otlp.Endpoint = endpoint);
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Telemetry.Name).AddView(Telemetry.SecondsView).AddRuntimeInstrumentation().AddPrometheusExporter();
                if (Options.OtelEndpoint is { } endpoint)
                    metrics.AddOtlpExporter(otlp => otlp.Endpoint = endpoint);
            });
    }
}
