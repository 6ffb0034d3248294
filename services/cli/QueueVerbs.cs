using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class QueueVerbs
{
    private const string Queue = "/api/v1/queue";

    private static readonly string[] Columns = ["ID", "MESSAGE", "FROM", "TO", "STATE", "TRIES", "NEXT TRY", "LAST OUTCOME"];

    public static Task<int> ListAsync(ServerSession session, QueueFilter settings, CancellationToken cancel)
    {
        string?[] filters =
        [
            settings.Domain is { } domain ? $"domain={Segment(domain)}" : null,
            settings.State is { } state ? $"state={Segment(state)}" : null,
        ];
        var query = string.Join('&', filters.Where(filter => filter is not null));
        return ListAsync(session, query.Length == 0 ? Queue : $"{Queue}?{query}", "Nothing waits.", cancel);
    }

    public static Task<int> ShowAsync(ServerSession session, QueueTarget settings, CancellationToken cancel) =>
        ListAsync(session, $"{Queue}/{Segment(settings.Id)}", "Nothing waits.", cancel);

    public static Task<int> RetryAsync(ServerSession session, QueueTarget settings, CancellationToken cancel) =>
        ChangeAsync(session, settings, "retry", "due now", cancel);

    public static Task<int> HoldAsync(ServerSession session, QueueTarget settings, CancellationToken cancel) =>
        ChangeAsync(session, settings, "hold", "held until released", cancel);

    public static Task<int> ReleaseAsync(ServerSession session, QueueTarget settings, CancellationToken cancel) =>
        ChangeAsync(session, settings, "release", "released", cancel);

    public static async Task<int> DeleteAsync(ServerSession session, QueueTarget settings, CancellationToken cancel)
    {
        var change = await session.Server.DeleteAsync($"{Queue}/{Segment(settings.Id)}", AdminJson.Default.QueueChange, cancel);
        return session.Output.Say(change, AdminJson.Default.QueueChange, $"{Entries(change.Changed)} deleted; the sender is not told.");
    }

    private static Task<int> ListAsync(ServerSession session, string path, string nothing, CancellationToken cancel) =>
        session.Output.ListAsync(
            session.Server.ListAsync(path, AdminJson.Default.PageQueueItem, cancel), AdminJson.Default.QueueItem, nothing, Columns, Row);

    private static async Task<int> ChangeAsync(ServerSession session, QueueTarget target, string verb, string outcome, CancellationToken cancel)
    {
        var change = await session.Server.PostAsync($"{Queue}/{Segment(target.Id)}/{verb}", AdminJson.Default.QueueChange, cancel);
        return session.Output.Say(change, AdminJson.Default.QueueChange, $"{Entries(change.Changed)} {outcome}.");
    }

    private static string Entries(long count) => count == 1 ? "1 entry is" : $"{count} entries are";

    private static string[] Row(QueueItem item) =>
    [
        $"{item.Id}",
        item.MessageId,
        item.ReversePath.Length == 0 ? "<>" : item.ReversePath,
        item.Recipient,
        item.State,
        $"{item.Attempts}",
        item.State == "held" ? "" : Output.Moment(item.NextAttemptAt),
        item.LastOutcome ?? "",
    ];
}
