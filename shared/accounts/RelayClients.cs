using System.Net;
using System.Net.Sockets;
using MailMesh.Database;
using Microsoft.Extensions.Logging;

namespace MailMesh.Accounts;

/// <summary>Which relay client an address is, by a copy of the table that is a few seconds old at most; where the database is away the last copy stands.</summary>
public sealed partial class RelayClients(RelayClientAdministration table, TimeProvider clock, ILogger<RelayClients> log)
{
    /// <summary>More networks than a company names; the rest are not clients.</summary>
    private const int MaxClients = 10_000;

    private readonly RecentCopy<Snapshot> _copy = new(
        async () => new Snapshot(await table.ListAsync(limit: MaxClients)),
        failure => LogUnknown(log, failure.GetBaseException().Message),
        clock)
    {
        // A process that has just started, on a machine that is busy, must not tell its first clients to come again.
        FirstPatience = TimeSpan.FromSeconds(10),
    };

    /// <summary>The client of the longest prefix that holds the address, or null.</summary>
    /// <exception cref="IOException">The table could not be read even once: whether the address is a client is not known.</exception>
    public async ValueTask<RelayClientInfo?> FindAsync(IPAddress address)
    {
        var known = await _copy.GetAsync() ?? throw new IOException("The table of relay clients has not been read yet.");
        return known.Find(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    [LoggerMessage(9311, LogLevel.Warning, "Relay clients are those that were last read, while the database does not answer: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);

    private sealed class Snapshot
    {
        private readonly Dictionary<IPNetwork, RelayClientInfo> _clients = [];
        private readonly int[] _prefixes;

        public Snapshot(IEnumerable<RelayClientInfo> clients)
        {
            foreach (var client in clients)
            {
                if (RelayClientAdministration.TryNetwork(client.Network, out var network))
                    _clients[network] = client;
            }
            _prefixes = [.. _clients.Keys.Select(network => network.PrefixLength).Distinct().OrderDescending()];
        }

        public RelayClientInfo? Find(IPAddress address)
        {
            var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
            foreach (var prefix in _prefixes)
            {
                if (prefix <= bits && _clients.TryGetValue(Network(address, prefix), out var client))
                    return client;
            }
            return null;
        }

        private static IPNetwork Network(IPAddress address, int prefix)
        {
            var octets = address.GetAddressBytes();
            for (var i = 0; i < octets.Length; i++)
                octets[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (i * 8), 0, 8));
            return new IPNetwork(new IPAddress(octets), prefix);
        }
    }
}
