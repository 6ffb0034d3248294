using System.Net;
using System.Net.Sockets;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>Sessions at once, in all and from one address. Exempt networks are counted in all, and never refused.</summary>
internal sealed class ConnectionLimits(IngressOptions options, NetworkList exempt)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _total;

    public bool IsExempt(IPAddress address) => exempt.Contains(address);

    /// <summary>The reply that turns the client away, or null when it may come in; then <see cref="Leave"/> must follow.</summary>
    public Reply? Enter(IPAddress address)
    {
        var key = KeyOf(address);
        var free = IsExempt(address);
        lock (_gate)
        {
            if (!free && _total >= options.MaxConnections)
                return Replies.TooManyConnections;
            var here = _byAddress.GetValueOrDefault(key);
            if (!free && here >= options.MaxConnectionsPerAddress)
                return Replies.TooManyFromAddress;
            _byAddress[key] = here + 1;
            _total++;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        var key = KeyOf(address);
        lock (_gate)
        {
            _total--;
            if (_byAddress[key] == 1)
                _byAddress.Remove(key);
            else
                _byAddress[key]--;
        }
    }

    /// <summary>An IPv6 client has a /64 of addresses to come from.</summary>
    private static IPAddress KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        octets[8..].Clear();
        return new IPAddress(octets);
    }
}
