using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class ScheduledVerbs
{
    private static readonly string[] Columns = ["MESSAGE", "GOES AT", "ACCOUNT", "TO", "SUBJECT", "BYTES"];

    public static Task<int> ListAsync(ServerSession session, ScheduledFilter filter, CancellationToken cancel)
    {
        filter.LogIn(session);
        var path = filter.Path("scheduled") + (filter.Account is { } account ? $"?account={Segment(account)}" : "");
        return session.Output.ListAsync(
            session.Server.ListAsync(path, AdminJson.Default.PageScheduledView, cancel), AdminJson.Default.ScheduledView, "Nothing is scheduled.", Columns, Row);
    }

    public static async Task<int> CancelAsync(ServerSession session, ScheduledTarget target, CancellationToken cancel)
    {
        target.LogIn(session);
        var change = await session.Server.DeleteAsync($"{target.Path("scheduled")}/{Segment(target.Id)}", AdminJson.Default.ScheduledChange, cancel);
        return session.Output.Say(change, AdminJson.Default.ScheduledChange, $"{change.MessageId} will not be sent.");
    }

    public static async Task<int> SendAsync(ServerSession session, ScheduledTarget target, CancellationToken cancel)
    {
        target.LogIn(session);
        var change = await session.Server.PostAsync($"{target.Path("scheduled")}/{Segment(target.Id)}/send", AdminJson.Default.ScheduledChange, cancel);
        return session.Output.Say(change, AdminJson.Default.ScheduledChange, $"{change.MessageId} goes now.");
    }

    private static string[] Row(ScheduledView item) =>
    [
        item.MessageId,
        Output.Moment(item.ReleaseAt),
        item.Account ?? "(removed)",
        item.To,
        item.Subject ?? "",
        $"{item.Bytes}",
    ];
}
