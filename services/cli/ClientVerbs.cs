using System.Globalization;
using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class ClientVerbs
{
    private const string Clients = "/api/v1/relay-clients";

    public static Task<int> ListAsync(ServerSession session, ServerSettings settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync(Clients, AdminJson.Default.PageRelayClientView, cancel), AdminJson.Default.RelayClientView,
        "Nobody may send without authentication.", ["NETWORK", "SENDER", "A DAY", "DESCRIPTION"],
        client => [client.Network, client.Sender ?? "its own", Quota(client) ?? "no limit", client.Description ?? ""]);

    public static async Task<int> AddAsync(ServerSession session, NewClientSettings settings, CancellationToken cancel)
    {
        var client = new NewRelayClient(settings.Network, settings.Text, settings.Sender, settings.Quota);
        var added = await session.Server.PostAsync(Clients, client, AdminJson.Default.NewRelayClient, AdminJson.Default.RelayClientView, cancel);
        var limits = (added.Sender is { } sender ? $" as {sender}" : "") + (Quota(added) is { } quota ? $", {quota} messages a day" : "");
        return session.Output.Say(added, AdminJson.Default.RelayClientView, $"{added.Network} may send to anybody{limits}.");
    }

    public static async Task<int> RemoveAsync(ServerSession session, ClientSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{Clients}?network={Segment(settings.Network)}", AdminJson.Default.RelayClientView, cancel);
        return session.Output.Say(removed, AdminJson.Default.RelayClientView, $"{removed.Network} may no longer send without authentication.");
    }

    private static string? Quota(RelayClientView client) => client.MessagesPerDay?.ToString(CultureInfo.InvariantCulture);
}
