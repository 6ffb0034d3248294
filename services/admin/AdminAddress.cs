using System.Net;
using MailMesh.Hosting;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Admin;

/// <summary>Leaves the API's address in the data folder, where 'mailmesh --data DIR' finds it.</summary>
public sealed class AdminAddress(MailMeshOptions options, OpenListeners listeners) : IHostedLifecycleService
{
    public const string FileName = "admin-url";

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var http = listeners.All[0].EndPoint;
        var host = http.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : http.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : http.Address;
        return File.WriteAllTextAsync(Path.Combine(options.Data, FileName), $"http://{new IPEndPoint(host, http.Port)}\n", cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
