using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Hosting;

namespace MailMesh.Filtering;

/// <summary>Judges a message, finds its recipients, and orders what happens to it.</summary>
public sealed class MessageReceivedConsumer(
    Judge judge, AccountDirectory directory, IBlobStore blobs, BinaryConversion conversion, Dispatch dispatch, TimeProvider clock) : ICommandConsumer<MessageReceived>
{
    public async Task ConsumeAsync(MessageReceived message, bool isRepeated, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var span = Telemetry.StartSpan("filtering.verdict", ActivityKind.Consumer, message.TraceParent);
        var header = await HeaderBlock.ReadAsync(blobs, message.Body, cancellationToken);
        var verdict = await judge.JudgeAsync(new FilterContext(message, header, blobs), cancellationToken);
        (message, verdict) = await conversion.ApplyAsync(message, verdict, cancellationToken);
        var routing = await RecipientRouting.ResolveAsync(directory, message.Envelope.ForwardPaths, message.Envelope.Requests);
        Tag(span, verdict, routing);
        await dispatch.SendAsync(new JudgedMessage(message, verdict, routing, span?.Id ?? message.TraceParent) { Repeated = isRepeated }, cancellationToken);
        FilteringMetrics.Judged(verdict.Disposition, clock.GetElapsedTime(started));
    }

    /// <summary>Promise 4: the span explains the verdict too.</summary>
    private static void Tag(Activity? span, Verdict verdict, RecipientRouting routing)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag("mailmesh.verdict", FilteringMetrics.NameOf(verdict.Disposition));
        span.SetTag("mailmesh.score", verdict.Score);
        span.SetTag("mailmesh.recipients.local", routing.Local.Count);
        span.SetTag("mailmesh.recipients.remote", routing.Remote.Count);
        foreach (var check in verdict.Checks)
            span.SetTag($"mailmesh.check.{check.Check}", $"{check.Result} {check.Evidence}");
    }
}

/// <summary>A message with all that its dispatch rests on.</summary>
/// <param name="TraceParent">Parent of the spans of the commands.</param>
public sealed record JudgedMessage(MessageReceived Message, Verdict Verdict, RecipientRouting Routing, string? TraceParent)
{
    /// <summary>Its dispatch may have begun before, here or in a copy that died.</summary>
    public bool Repeated { get; init; }
}
