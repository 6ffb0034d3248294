using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class BanVerbs
{
    private const string Bans = "/api/v1/bans";

    public static Task<int> ListAsync(ServerSession session, ServerSettings settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync(Bans, AdminJson.Default.PageBanView, cancel), AdminJson.Default.BanView,
        "Nobody is banned.", ["SUBJECT", "UNTIL", "REASON"], ban => [ban.Subject, Until(ban), ban.Reason]);

    public static async Task<int> AddAsync(ServerSession session, NewBanSettings settings, CancellationToken cancel)
    {
        var ban = new NewBan(settings.Subject, (long?)settings.Time?.TotalSeconds, settings.Reason);
        var added = await session.Server.PostAsync(Bans, ban, AdminJson.Default.NewBan, AdminJson.Default.BanView, cancel);
        return session.Output.Say(added, AdminJson.Default.BanView, $"{added.Subject} is banned until {Until(added)}.");
    }

    public static async Task<int> RemoveAsync(ServerSession session, BanSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{Bans}?subject={Segment(settings.Subject)}", AdminJson.Default.BanView, cancel);
        return session.Output.Say(removed, AdminJson.Default.BanView, $"{removed.Subject} is no longer banned.");
    }

    private static string Until(BanView ban) => ban.Until is { } until ? Output.Moment(until) : "removed";
}
