using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Contract.Tests;

/// <summary>What a process of a mesh has of the bus, and nothing else of a process: several can stand in for several copies.</summary>
public sealed class BusProcess : IAsyncDisposable
{
    private readonly List<BusEndpoint> _endpoints = [];
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);
    private readonly Uri? _broker;
    private IHost? _host;

    /// <param name="broker">Null: the bus within the process.</param>
    public BusProcess(Uri? broker) => _broker = broker;

    public string InstanceId { get; } = Guid.NewGuid().ToString("N")[..12];

    public IMessageBus Bus => Service<IMessageBus>();

    public T Service<T>()
        where T : notnull => _host!.Services.GetRequiredService<T>();

    public BusProcess Consume<T>(string queue, Func<T, CancellationToken, Task> handle, int concurrency = 8)
        where T : class => Consume<T>(queue, (message, _, cancellation) => handle(message, cancellation), concurrency);

    /// <param name="handle">Is told whether the command may have been begun before.</param>
    public BusProcess Consume<T>(string queue, Func<T, bool, CancellationToken, Task> handle, int concurrency = 8)
        where T : class => Add(BusEndpoint.Shared<T, Handler<T>>(queue, concurrency), handle);

    public BusProcess ReceiveInEveryCopy<T>(string queue, Func<T, CancellationToken, Task> handle)
        where T : class => Add<T>(BusEndpoint.OfCopy<T, Handler<T>>(queue, 8), (message, _, cancellation) => handle(message, cancellation));

    public async Task<BusProcess> StartAsync(bool whenHealthy = true)
    {
        var mesh = _broker is null ? null : new MeshOptions
        {
            RabbitMq = _broker,
            Postgres = "",
            S3 = new S3Options { Endpoint = new Uri("http://127.0.0.1"), AccessKey = "", SecretKey = "", Bucket = "" },
        };
        _builder.Services.AddSingleton(new MailMeshOptions { ExemptNetworks = NetworkList.None, Mesh = mesh });
        _builder.Services.AddSingleton<BusDependency>();
        _builder.Services.AddSingleton(TimeProvider.System);
        _builder.Services.AddBus(_endpoints, mesh, InstanceId);
        _host = _builder.Build();
        // MassTransit remembers its log in the flow of execution; processes share none.
        Task starting;
        using (ExecutionContext.SuppressFlow())
            starting = Task.Run(() => _host.StartAsync());
        await starting;
        if (whenHealthy)
            await Wait.UntilAsync("a healthy bus", async () => await FaultAsync() is null);
        return this;
    }

    /// <summary>What /health/ready would say of the bus; null where it is well.</summary>
    public async Task<string?> FaultAsync()
    {
        var bus = Service<BusDependency>();
        try
        {
            await bus.CheckAsync(default);
            return null;
        }
        catch (IOException failure)
        {
            return DependencyFault.Explain(bus.Setting, failure, Service<MailMeshOptions>().Mesh);
        }
    }

    public Task StopAsync() => _host!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is not { } host)
            return;
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private BusProcess Add<T>(BusEndpoint endpoint, Func<T, bool, CancellationToken, Task> handle)
    {
        _endpoints.Add(endpoint);
        _builder.Services.AddSingleton(handle);
        return this;
    }

    internal sealed class Handler<T>(Func<T, bool, CancellationToken, Task> handle) : ICommandConsumer<T>, IReceiver<T>
        where T : class
    {
        public Task ReceiveAsync(T message, CancellationToken cancellationToken) => handle(message, false, cancellationToken);

        public Task ConsumeAsync(T command, bool isRepeated, CancellationToken cancellationToken) => handle(command, isRepeated, cancellationToken);
    }
}
