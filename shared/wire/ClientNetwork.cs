using System.Net;
using System.Net.Sockets;

namespace MailMesh.Wire;

/// <summary>What clients are counted by: an IPv4 address, or an IPv6 /64, which one customer has whole.</summary>
public static class ClientNetwork
{
    private const int Ipv6Bits = 64;

    public static IPNetwork Of(IPAddress address) => Of(address, 32, Ipv6Bits);

    /// <summary>The neighbourhood: an IPv4 /24, or an IPv6 /48, which one site has whole.</summary>
    public static IPNetwork Around(IPAddress address) => Of(address, 24, 48);

    private static IPNetwork Of(IPAddress address, int ipv4Bits, int ipv6Bits)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? ipv6Bits : ipv4Bits;
        octets[(bits / 8)..].Clear();
        return new IPNetwork(new IPAddress(octets[..length]), bits);
    }
}
