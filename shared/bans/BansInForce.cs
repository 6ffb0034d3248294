using System.Net;
using MailMesh.Wire;

namespace MailMesh.Bans;

/// <summary>The bans as they were at a moment.</summary>
internal sealed class BansInForce
{
    private readonly Dictionary<string, long> _until = [];

    /// <summary>Wider or narrower than what clients are counted by: an operator's.</summary>
    private readonly List<(IPNetwork Network, long Until)> _networks = [];

    public static readonly BansInForce None = new([]);

    public BansInForce(IEnumerable<(string Subject, long Until)> bans)
    {
        foreach (var (subject, until) in bans)
        {
            _until[subject] = until;
            if (IPNetwork.TryParse(subject, out var network) && !network.Equals(ClientNetwork.Of(network.BaseAddress)))
                _networks.Add((network, until));
        }
    }

    public int Count => _until.Count;

    public bool Contains(IPAddress client, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (Contains(BanSubject.Of(client), at))
            return true;
        var plain = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        return _networks.Exists(ban => ban.Until > at && ban.Network.Contains(plain));
    }

    public bool Contains(string subject, DateTimeOffset now) => Contains(subject, now.ToUnixTimeMilliseconds());

    private bool Contains(string subject, long at) => _until.TryGetValue(subject, out var until) && until > at;
}
