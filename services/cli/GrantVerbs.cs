using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class GrantVerbs
{
    private const string Grants = "/api/v1/grants";

    public static Task<int> ListAsync(ServerSession session, GrantFilter settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync(Grants + (settings.Account is { } account ? $"?account={Segment(account)}" : ""), AdminJson.Default.PageGrantView, cancel),
        AdminJson.Default.GrantView, "There is no grant.", ["ACCOUNT", "MAY SEND AS", "CREATED"],
        grant => [grant.Account, grant.Address, Output.Moment(grant.CreatedAt)]);

    public static async Task<int> AddAsync(ServerSession session, GrantSettings settings, CancellationToken cancel)
    {
        var added = await session.Server.PostAsync(Grants, new NewGrant(settings.Account, settings.Address), AdminJson.Default.NewGrant, AdminJson.Default.GrantView, cancel);
        return session.Output.Say(added, AdminJson.Default.GrantView, $"{added.Account} may send as {added.Address}.");
    }

    public static async Task<int> RemoveAsync(ServerSession session, GrantSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{Grants}?account={Segment(settings.Account)}&address={Segment(settings.Address)}", AdminJson.Default.GrantView, cancel);
        return session.Output.Say(removed, AdminJson.Default.GrantView, $"{removed.Account} may no longer send as {removed.Address}.");
    }
}
