using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class SearchVerb
{
    public static Task<int> RunAsync(ServerSession session, SearchSettings settings, CancellationToken cancel)
    {
        (string Name, string? Value)[] filters =
            [("sender", settings.Sender), ("recipient", settings.Recipient), ("since", settings.Since), ("until", settings.Until)];
        var query = string.Join('&', filters.Where(f => f.Value is not null).Select(f => $"{f.Name}={Segment(f.Value!)}"));
        return session.Output.ListAsync(
            session.Server.ListAsync(query.Length == 0 ? "/api/v1/messages" : $"/api/v1/messages?{query}", AdminJson.Default.PageFoundMessage, cancel),
            AdminJson.Default.FoundMessage,
            "No message matches.",
            ["TIME", "MESSAGE", "SERVICE", "EVENT", "RECIPIENT"],
            found => [Output.Moment(found.At), found.MessageId, found.Service, found.Event, found.Recipient ?? ""]);
    }
}
