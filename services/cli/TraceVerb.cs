using MailMesh.AdminApi;
using Spectre.Console;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

/// <summary>Tells a message's story so that an administrator needs no manual.</summary>
internal static class TraceVerb
{
    public static async Task<int> RunAsync(ServerSession session, TraceSettings settings, CancellationToken cancel)
    {
        var story = await session.Server.GetAsync($"/api/v1/messages/{Segment(settings.Id)}", AdminJson.Default.MessageStory, cancel);
        if (session.Output.Json)
            return session.Output.Say(story, AdminJson.Default.MessageStory, "");
        Tell(story, session.Terminal.Console);
        return ExitCode.Ok;
    }

    private static void Tell(MessageStory story, IAnsiConsole console)
    {
        console.WriteLine($"Message {story.MessageId}");
        console.WriteLine();
        DateTimeOffset? before = null;
        foreach (var step in story.Events)
        {
            var time = step.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", null);
            console.WriteLine($"{time} {Since(before, step.At),10}  {step.Service,-9}  {step.Event,-9}  {Output.Printable(step.Recipient ?? "")}".TrimEnd());
            console.WriteLine($"    {Meaning(step)}", new Style(decoration: Decoration.Bold));
            foreach (var (fact, value) in step.Detail)
                console.WriteLine($"    {Output.Printable(fact).Replace('_', ' ')}: {Output.Printable(value)}");
            before = step.At;
        }
        console.WriteLine();
        foreach (var line in Outcomes(story.Events))
            console.WriteLine(line);
    }

    /// <summary>How long after the event before.</summary>
    private static string Since(DateTimeOffset? before, DateTimeOffset at)
    {
        if (before is not { } earlier)
            return "";
        var span = at > earlier ? at - earlier : TimeSpan.Zero;
        return span.TotalSeconds < 1 ? $"+{span.TotalMilliseconds:0} ms"
            : span.TotalMinutes < 1 ? $"+{span.TotalSeconds:0.0} s"
            : span.TotalDays < 1 ? $"+{span:hh\\:mm\\:ss}"
            : $"+{span:d\\.hh\\:mm}";
    }

    /// <summary>The event in a sentence.</summary>
    private static string Meaning(StoryEvent step)
    {
        var to = step.Recipient is { } recipient ? Output.Printable(recipient) : "the recipients";
        return step.Event switch
        {
            "received" => "Taken from the client; from here on MailMesh answers for it.",
            "refused" => "Refused within the SMTP session; the client was told why.",
            "held" => "Waits for the moment that its sender chose.",
            "released" => "Its moment has come: it goes its way.",
            "cancelled" => "Will not be sent: it was cancelled before its moment.",
            "verdict" => "Judged by the checks.",
            "routed" => $"The way for {to} is settled.",
            "delivered" => $"In the mailbox of {to}.",
            "queued" => $"Waits to be sent to the server of {to}.",
            "attempt" => $"Tried to hand over for {to}.",
            "relayed" => $"Taken by the server of {to}, which answers for it now.",
            "deferred" => $"Not taken yet for {to}; it will be tried again.",
            "bounced" => $"Cannot be delivered to {to}; the sender is told, where there is one.",
            "failed" => "Could not be handled; it is kept in an error queue: see 'mailmesh errors'.",
            "read" => $"First read by {to}.",
            _ => step.Event,
        };
    }

    /// <summary>How it stands with each recipient, by the last event that settles or delays it.</summary>
    private static IEnumerable<string> Outcomes(IReadOnlyList<StoryEvent> events)
    {
        var last = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var step in events)
            if (step.Recipient is { } recipient && step.Event is "delivered" or "relayed" or "deferred" or "bounced" or "queued" or "discarded" or "quarantined")
                last[step.Recipient!] = step.Event;
        foreach (var (recipient, outcome) in last)
            yield return $"{Output.Printable(recipient)}: {outcome}";
        if (last.Count == 0)
            yield return Unsettled(events);
    }

    private static string Unsettled(IReadOnlyList<StoryEvent> events) =>
        events.Any(step => step.Event == "refused") ? "Refused: MailMesh holds no copy."
        : events is [.., { Event: "held" }] ? "Scheduled: see 'mailmesh scheduled list'."
        : events is [.., { Event: "cancelled" }] ? "Cancelled: nobody gets it."
        : events is [.., { Event: "failed" }] ? "Kept in an error queue: 'mailmesh errors retry' gives it another try."
        : "Not settled yet.";
}
