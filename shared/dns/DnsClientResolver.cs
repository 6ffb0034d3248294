using System.Net;

namespace MailMesh.Dns;

/// <summary>The resolver on DnsClient, which caches answers for their time to live.</summary>
public sealed class DnsClientResolver(IReadOnlyList<IPEndPoint> servers) : IDnsResolver
{
    private readonly IReadOnlyList<IPEndPoint> _servers = servers;

    public Task<IReadOnlyList<MailExchange>> MxAsync(string domain, CancellationToken cancellationToken) => throw new NotImplementedException(_servers.ToString());

    public Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<string>> PtrAsync(IPAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();
}
