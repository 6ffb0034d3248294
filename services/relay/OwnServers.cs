using System.Net;
using System.Net.NetworkInformation;
using MailMesh.Hosting;

namespace MailMesh.Relay;

/// <summary>Knows ourselves among next hops: mail that came back would go round for ever (RFC 5321 §6.3).</summary>
internal sealed class OwnServers(string hostname, IReadOnlyCollection<int> smtpPorts, Func<IReadOnlyCollection<IPAddress>> addresses)
{
    public static OwnServers From(MailMeshBuilder builder)
    {
        var port = builder.Settings.Text("Listen:smtp") is { } text
            ? builder.Settings.EndPoint("Listen:smtp", text).Port
            : 2525 + builder.Options.PortOffset;
        return new OwnServers(builder.Options.Hostname, [port], LocalAddresses);
    }

    public bool Include(string host) => string.Equals(host, hostname, StringComparison.OrdinalIgnoreCase);

    public bool Include(IPAddress address, int port) => smtpPorts.Contains(port) && (IPAddress.IsLoopback(address) || addresses().Contains(address));

    private static IPAddress[] LocalAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)];
}
