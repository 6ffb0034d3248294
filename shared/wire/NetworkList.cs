using System.Net;

namespace MailMesh.Wire;

/// <summary>A set of networks in CIDR notation, such as '127.0.0.0/8, ::1/128'.</summary>
public sealed class NetworkList
{
    private readonly IPNetwork[] _networks;

    public static readonly NetworkList None = new([]);

    private NetworkList(IPNetwork[] networks) => _networks = networks;

    /// <summary>Reads networks or addresses divided by commas or blanks; false where one is neither.</summary>
    public static bool TryParse(string text, out NetworkList networks)
    {
        var found = new List<IPNetwork>();
        networks = new NetworkList([]);
        foreach (var word in text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(word, out var network))
                found.Add(network);
            else if (IPAddress.TryParse(word, out var address))
                found.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                return false;
        }
        networks = new NetworkList([.. found]);
        return true;
    }

    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(_networks, network => network.Contains(plain));
    }
}
