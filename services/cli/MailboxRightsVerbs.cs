using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class MailboxRightsVerbs
{
    public static Task<int> ListAsync(ServerSession session, MailboxSettings settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync(PathOf(settings), AdminJson.Default.PageRightsView, cancel),
        AdminJson.Default.RightsView, "Nobody has rights there.", ["WHO", "RIGHTS"], rights => [rights.Identifier, rights.Rights]);

    public static async Task<int> SetAsync(ServerSession session, NewRightsSettings settings, CancellationToken cancel)
    {
        var set = await session.Server.PostAsync(PathOf(settings), new RightsView(settings.Who, settings.Rights), AdminJson.Default.RightsView, AdminJson.Default.RightsView, cancel);
        return session.Output.Say(set, AdminJson.Default.RightsView, $"{set.Identifier} has the rights {set.Rights} in {Output.Printable(settings.Mailbox)} of {settings.Address}.");
    }

    public static async Task<int> RemoveAsync(ServerSession session, RightsHolderSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{PathOf(settings)}&who={Segment(settings.Who)}", AdminJson.Default.RightsView, cancel);
        return session.Output.Say(removed, AdminJson.Default.RightsView, $"{removed.Identifier} has no rights in {Output.Printable(settings.Mailbox)} of {settings.Address} any more.");
    }

    private static string PathOf(MailboxSettings settings) => $"/api/v1/accounts/{Segment(settings.Address)}/rights?mailbox={Segment(settings.Mailbox)}";
}
