using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace MailMesh.Hosting;

/// <summary>The ports of this process. Where port 0 was asked for, the one that came is known once the host has started.</summary>
public sealed class OpenListeners(IServer server, IReadOnlyList<OpenListener> configured)
{
    /// <summary>HTTP first, then in the order in which the services declared them.</summary>
    public IReadOnlyList<OpenListener> All
    {
        get
        {
            // Kestrel lists what it has bound in the order in which it was told of it.
            var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [];
            return bound.Count != configured.Count ? configured : [.. configured.Select((listener, i) => listener with { EndPoint = Parse(bound[i]) ?? listener.EndPoint })];
        }
    }

    private static IPEndPoint? Parse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? new IPEndPoint(ip, uri.Port) : null;
}

/// <summary>One port of this process.</summary>
/// <param name="Name">http, or the name of a <see cref="Listener"/>.</param>
public sealed record OpenListener(string Name, IPEndPoint EndPoint, bool ImplicitTls);
