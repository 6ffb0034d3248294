using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class ErrorVerbs
{
    private const string Errors = "/api/v1/errors";

    private static readonly string[] Columns = ["ID", "QUEUE", "FAILED", "TYPE", "MESSAGE", "OCTETS", "WHY"];

    public static Task<int> ListAsync(ServerSession session, ErrorFilter settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync(Errors + QueryOf(settings.Queue), AdminJson.Default.PageErrorView, cancel),
        AdminJson.Default.ErrorView, "Nothing waits in an error queue.", Columns, Row);

    public static async Task<int> ShowAsync(ServerSession session, ErrorTarget settings, CancellationToken cancel)
    {
        var details = await session.Server.GetAsync($"{Errors}/{Segment(settings.Id)}", AdminJson.Default.ErrorDetails, cancel);
        var headers = details.Headers.OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {Lines(header.Value)}");
        return session.Output.Say(details, AdminJson.Default.ErrorDetails, $"{string.Join('\n', headers)}\n\n{Lines(details.Body)}");
    }

    public static async Task<int> RetryAsync(ServerSession session, ErrorSelection settings, CancellationToken cancel)
    {
        var path = settings.Id is { } id ? $"{Errors}/{Segment(id)}/retry" : $"{Errors}/retry{QueryOf(settings.Queue)}";
        var change = await session.Server.PostAsync(path, AdminJson.Default.ErrorsChange, cancel);
        var refused = change.Refused == 0 ? "" : $" {Messages(change.Refused)} left: the queue they came from is not there.";
        return session.Output.Say(change, AdminJson.Default.ErrorsChange, $"{Messages(change.Changed)} handed to the queue they came from.{refused}");
    }

    public static async Task<int> DeleteAsync(ServerSession session, ErrorSelection settings, CancellationToken cancel)
    {
        var path = settings.Id is { } id ? $"{Errors}/{Segment(id)}" : Errors + QueryOf(settings.Queue);
        var change = await session.Server.DeleteAsync(path, AdminJson.Default.ErrorsChange, cancel);
        return session.Output.Say(change, AdminJson.Default.ErrorsChange, $"{Messages(change.Changed)} deleted.");
    }

    private static string QueryOf(string? queue) => queue is null ? "" : $"?queue={Segment(queue)}";

    private static string Messages(long count) => count == 1 ? "1 message" : $"{count} messages";

    /// <summary>A stack has lines; what else a stranger's octets hold would drive the terminal.</summary>
    private static string Lines(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(Output.Printable));

    private static string[] Row(ErrorView error) =>
    [
        error.Id,
        error.Queue,
        error.FailedAt is { } at ? Output.Moment(at) : "",
        error.MessageType ?? "",
        error.MessageId ?? "",
        $"{error.SizeBytes}",
        error.Fault,
    ];
}
