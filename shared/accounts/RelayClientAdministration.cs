using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Accounts;

/// <summary>Names the networks whose devices and programs may send to anybody without authentication; every copy of ingress follows within seconds.</summary>
public sealed class RelayClientAdministration(MailDatabase database, TimeProvider clock)
{
    // Ingress reads it before its first client is served: no time then to build EF Core's model.
    private const string SelectPage =
        "SELECT network, description, sender, messages_per_day, created_at FROM relay_clients WHERE network > @after ORDER BY network LIMIT @limit";

    /// <summary>Wider networks are no company's: whoever lists one has made an open relay.</summary>
    private const int MinPrefixIpv4 = 8;

    private const int MinPrefixIpv6 = 16;
    private const int MaxDescription = 200;

    public Task<DirectoryOutcome<RelayClientInfo>> AddAsync(NewRelayClient client, CancellationToken cancellationToken = default) => ChangeAsync(async context =>
    {
        if (Refuse(client) is { } refused)
            return refused;
        _ = TryNetwork(client.Network, out var network);
        var text = network.ToString();
        if (await context.RelayClients.AnyAsync(c => c.Network == text, cancellationToken))
            return new Refused(DirectoryRefusal.AlreadyExists, $"'{text}' is a relay client already");
        var row = new RelayClient
        {
            Network = text,
            Description = client.Description,
            Sender = client.Sender,
            MessagesPerDay = client.MessagesPerDay,
            CreatedAt = clock.GetUtcNow(),
        };
        context.RelayClients.Add(row);
        return Info(row);
    }, cancellationToken);

    /// <param name="after">Network of the last client of the page before.</param>
    public async Task<IReadOnlyList<RelayClientInfo>> ListAsync(string after = "", int limit = int.MaxValue) =>
        await database.ReadAsync(session => session.QueryAsync(SelectPage, Read, ("@after", after), ("@limit", limit)));

    public Task<DirectoryOutcome<RelayClientInfo>> RemoveAsync(string network, CancellationToken cancellationToken = default) => ChangeAsync(async context =>
    {
        var text = TryNetwork(network, out var known) ? known.ToString() : network;
        if (await context.RelayClients.FirstOrDefaultAsync(c => c.Network == text, cancellationToken) is not { } row)
            return new Refused(DirectoryRefusal.NotFound, $"'{text}' is no relay client");
        context.RelayClients.Remove(row);
        return Info(row);
    }, cancellationToken);

    private static RelayClientInfo Read(DbDataReader row) => new(
        row.GetString(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.IsDBNull(3) ? null : row.GetInt64(3),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));

    /// <summary>Reads a network in CIDR notation or one address, without bits behind its prefix.</summary>
    internal static bool TryNetwork(string text, out IPNetwork network)
    {
        network = default;
        if (IPAddress.TryParse(text, out var address))
        {
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }
        return IPNetwork.TryParse(text, out network);
    }

    private static Refused? Refuse(NewRelayClient client)
    {
        if (!TryNetwork(client.Network, out var network))
            return new Refused(DirectoryRefusal.InvalidName, $"'{client.Network}' is no address and no network such as 192.0.2.0/24");
        if (network.PrefixLength < (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? MinPrefixIpv4 : MinPrefixIpv6))
            return new Refused(DirectoryRefusal.InvalidName, $"'{network}' is so wide that it would make an open relay");
        if (client.Sender is { } sender && !(MailAddress.TryParse(sender, out var address) && address.Domain.Length > 0))
            return new Refused(DirectoryRefusal.InvalidAddress, $"'{sender}' is no address");
        if (client.MessagesPerDay is < 1)
            return new Refused(DirectoryRefusal.InvalidName, $"'{client.MessagesPerDay}' is no number of messages a day");
        return client.Description is { Length: > MaxDescription } ? new Refused(DirectoryRefusal.InvalidName, $"A description has at most {MaxDescription} characters") : null;
    }

    private Task<DirectoryOutcome<RelayClientInfo>> ChangeAsync(Func<MailMeshContext, Task<DirectoryOutcome<RelayClientInfo>>> change, CancellationToken cancellationToken) =>
        database.ChangeAsync(change, cancellationToken);

    private static RelayClientInfo Info(RelayClient row) => new(row.Network, row.Description, row.Sender, row.MessagesPerDay, row.CreatedAt);
}

/// <summary>A network that may send to anybody without authentication.</summary>
/// <param name="Network">An address, or a network in CIDR notation.</param>
/// <param name="Sender">Stands in for the sender of its mail; null to leave senders as they are.</param>
/// <param name="MessagesPerDay">Most messages of each address; null for no limit.</param>
public sealed record NewRelayClient(string Network, string? Description = null, string? Sender = null, long? MessagesPerDay = null);

/// <inheritdoc cref="NewRelayClient"/>
/// <param name="Network">CIDR notation.</param>
public sealed record RelayClientInfo(string Network, string? Description, string? Sender, long? MessagesPerDay, DateTimeOffset CreatedAt);
