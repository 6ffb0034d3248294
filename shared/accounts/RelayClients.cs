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

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    /// <summary>How long a client waits for a database that does not answer, before the last copy serves.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Where there is no copy yet: a process that has just started, on a machine that is busy, must not tell its first clients to come again.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    /// <summary>Least time between two readings where none has succeeded.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Snapshot? _known;
    private Task _reading = Task.CompletedTask;
    private DateTimeOffset _readAt;

    /// <summary>The client of the longest prefix that holds the address, or null.</summary>
    /// <exception cref="IOException">The table could not be read even once: whether the address is a client is not known.</exception>
    public async ValueTask<RelayClientInfo?> FindAsync(IPAddress address)
    {
        if (Reading() is { } reading)
            await Task.WhenAny(reading, Task.Delay(PatienceNow, clock));
        var known = Volatile.Read(ref _known) ?? throw new IOException("The table of relay clients has not been read yet.");
        return known.Find(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    private TimeSpan PatienceNow => Volatile.Read(ref _known) is null ? FirstPatience : Patience;

    /// <summary>The reading to wait for; null where what is known is recent, or where the database hangs, for which only its first client waits.</summary>
    private Task? Reading()
    {
        lock (_gate)
        {
            var age = clock.GetUtcNow() - _readAt;
            if (!_reading.IsCompleted)
                return age < PatienceNow ? _reading : null;
            if (age < (Volatile.Read(ref _known) is null ? RetryDelay : MaxAge))
                return null;
            _readAt = clock.GetUtcNow();
            return _reading = Task.Run(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            Volatile.Write(ref _known, new Snapshot(await table.ListAsync(limit: MaxClients)));
        }
        catch (Exception failure)
        {
            LogUnknown(log, failure.GetBaseException().Message);
        }
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
