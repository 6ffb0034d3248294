using MassTransit;

namespace MailMesh.Hosting;

/// <summary>The bus, as MassTransit sees it: connected, and every queue of this process consumed.</summary>
/// <param name="bus">Null where the bus is within this process, and so as well as the process is.</param>
internal sealed class BusDependency(MailMeshOptions options, IBusControl? bus = null) : IDependency
{
    public string Name => "bus";

    public string? Setting => options.Mesh is null ? null : SettingException.NameOf(MeshOptions.RabbitMqKey);

    public Task CheckAsync(CancellationToken cancellationToken)
    {
        if (bus is null)
            return Task.CompletedTask;
        var health = bus.CheckHealth();
        return health.Status == BusHealthStatus.Healthy
            ? Task.CompletedTask
            : throw new IOException("the broker is not connected", Cause(health));
    }

    private static AggregateException? Cause(BusHealthResult health)
    {
        var faults = health.Endpoints.Values.Select(endpoint => endpoint.Exception).Append(health.Exception).OfType<Exception>().ToArray();
        return faults.Length == 0 ? null : new AggregateException(faults);
    }
}
