using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MassTransit;

namespace MailMesh.Filtering;

/// <summary>Judges a message, finds its recipients, and orders what happens to it.</summary>
public sealed class MessageReceivedConsumer(
    Judge judge, AccountDirectory directory, IBlobStore blobs, BinaryConversion conversion, Dispatch dispatch, TimeProvider clock) : IConsumer<MessageReceived>
{
    public async Task Consume(ConsumeContext<MessageReceived> context)
    {
        var started = clock.GetTimestamp();
        var message = context.Message;
        using var span = Telemetry.StartSpan("filtering.verdict", ActivityKind.Consumer, message.TraceParent);
        var header = await HeaderBlock.ReadAsync(blobs, message.Body, context.CancellationToken);
        var verdict = await judge.JudgeAsync(new FilterContext(message, header, blobs), context.CancellationToken);
        (message, verdict) = await conversion.ApplyAsync(message, verdict, context.CancellationToken);
        var routing = await RecipientRouting.ResolveAsync(directory, message.Envelope.ForwardPaths, message.Envelope.Requests);
        Tag(span, verdict, routing);
        var repeated = context.ReceiveContext.Redelivered || context.TryGetPayload<DispatchBegun>(out _);
        context.ReceiveContext.GetOrAddPayload(() => new DispatchBegun());
        await dispatch.SendAsync(new JudgedMessage(message, verdict, routing, span?.Id ?? message.TraceParent) { Repeated = repeated }, context.CancellationToken);
        FilteringMetrics.Judged(verdict.Disposition, clock.GetElapsedTime(started));
    }

    /// <summary>Marks a delivery whose dispatch has begun, for the attempts after it.</summary>
    private sealed class DispatchBegun;

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
