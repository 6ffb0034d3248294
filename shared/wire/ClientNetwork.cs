using System.Net;
using System.Net.Sockets;

namespace MailMesh.Wire;

/// <summary>What clients are counted by: an IPv4 address, or an IPv6 /64, which one customer has whole.</summary>
public static class ClientNetwork
{
    private const int Ipv6Bits = 64;

    public static IPNetwork Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return new IPNetwork(address, 32);
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out _);
        octets[(Ipv6Bits / 8)..].Clear();
        return new IPNetwork(new IPAddress(octets), Ipv6Bits);
    }
}
