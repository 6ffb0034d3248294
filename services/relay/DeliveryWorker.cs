using System.Diagnostics;
using System.Text;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Relay.Client;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Sends the groups of a destination over one connection, for as long as there are any.</summary>
internal sealed partial class DeliveryWorker(
    SmtpConnector connector, Settlement settlement, ActiveRows active, IBlobStore blobs, RelayOptions options, RelayMetrics metrics, ILogger<DeliveryWorker> log)
{
    /// <summary>Most octets of a body that are searched for the end of its header.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    /// <param name="destination">What to send, and where.</param>
    /// <param name="stopping">Take no further group.</param>
    /// <param name="abort">Cut the transaction in flight.</param>
    /// <returns>True when this was the destination's last connection.</returns>
    public async Task<bool> RunAsync(Destination destination, CancellationToken stopping, CancellationToken abort)
    {
        OpenSession? open = null;
        try
        {
            bool closed;
            do
            {
                while (await destination.TakeAsync(open is null ? TimeSpan.Zero : options.Idle, stopping) is { } group)
                    open = await GuardAsync(destination, group, open, abort);
                open = await CloseAsync(open);
            }
            while (!destination.TryLeave(stopping, out closed));
            return closed;
        }
        finally
        {
            await CloseAsync(open);
        }
    }

    /// <summary>A fault of ours defers the message; the connection and the other messages go on.</summary>
    private async Task<OpenSession?> GuardAsync(Destination destination, MessageGroup group, OpenSession? open, CancellationToken abort)
    {
        try
        {
            return await DeliverAsync(destination, group, open, abort);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogUnexpected(log, failure, group.MessageId);
            var result = RecipientResult.OurFault("The relay failed unexpectedly");
            await settlement.SettleAsync(group.Rows, Same(group.Rows, result), AttemptPlace.Nowhere, abort);
            return null;
        }
    }

    /// <summary>One message; gives the session that is left for the next.</summary>
    private async Task<OpenSession?> DeliverAsync(Destination destination, MessageGroup group, OpenSession? open, CancellationToken abort)
    {
        using var span = Telemetry.StartSpan("relay.attempt", ActivityKind.Client, group.First.TraceParent);
        span?.SetTag("mailmesh.message.id", group.MessageId);
        span?.SetTag("mailmesh.relay.destination", destination.Hop.Exchanges[0].Host);
        var walk = new ServerWalk(connector, destination.Hop, abort);
        var rows = active.Keep(group.Rows);
        if (rows.Count == 0)
            return open;
        var reused = open is not null;
        while (true)
        {
            if (open is null && await walk.OpenNextAsync() is { } session)
            {
                open = new OpenSession(session, walk.Place(session));
                metrics.Connected();
            }
            if (open is null)
            {
                await settlement.SettleAsync(rows, Same(rows, walk.Failure), walk.Place(null), abort);
                await ClosedToAllAsync(destination, walk, abort);
                return null;
            }
            span?.SetTag("server.address", open.Place.Host)?.SetTag("network.peer.address", open.Place.Address)?.SetTag("mailmesh.tls", open.Place.Tls);
            try
            {
                // At each transaction anew: connecting takes long where servers do not answer.
                rows = active.Keep(rows);
                rows = rows.Count == 0 ? rows : await SendAsync(open, rows, abort);
                if (rows.Count == 0)
                    return open.Session.Transactions < options.MessagesPerConnection ? open : await CloseAsync(open);
            }
            catch (SmtpFaultException fault)
            {
                span?.SetStatus(ActivityStatusCode.Error, fault.Message);
                var place = open.Place;
                open = await DropAsync(open);
                if (!MayGoOn(fault, reused, walk))
                {
                    await settlement.SettleAsync(rows, Same(rows, RecipientResult.Of(fault)), place, abort);
                    return null;
                }
                if (!reused)
                    walk.Add(fault);
                reused = false;
            }
            catch (IOException failure)
            {
                span?.SetStatus(ActivityStatusCode.Error, failure.Message);
                LogUnreadable(log, failure, group.MessageId);
                await DropAsync(open); // no final dot: the server throws away what it has
                await settlement.SettleAsync(rows, Same(rows, RecipientResult.OurFault("The message could not be read from the store")), AttemptPlace.Nowhere, abort);
                return null;
            }
        }
    }

    /// <summary>One transaction; gives the rows that go in the next.</summary>
    private async Task<IReadOnlyList<QueueEntry>> SendAsync(OpenSession open, IReadOnlyList<QueueEntry> rows, CancellationToken abort)
    {
        var start = Stopwatch.GetTimestamp();
        var results = await open.Session.SendAsync(await TransactionAsync(open.Session, rows, abort), abort);
        metrics.Transaction(Stopwatch.GetElapsedTime(start));
        if (results.All(r => r.Kind != ResultKind.NextTransaction))
        {
            await settlement.SettleAsync(rows, results, open.Place, abort);
            return [];
        }
        var indexes = Enumerable.Range(0, rows.Count).ToLookup(i => results[i].Kind == ResultKind.NextTransaction);
        await settlement.SettleAsync([.. indexes[false].Select(i => rows[i])], [.. indexes[false].Select(i => results[i])], open.Place, abort);
        return [.. indexes[true].Select(i => rows[i])];
    }

    /// <summary>
    /// A kept connection that the server closed meanwhile says nothing about the message, and a server that breaks off leaves
    /// the next one to be tried; but not once the final dot has gone out, for then the server may have the message.
    /// </summary>
    private static bool MayGoOn(SmtpFaultException fault, bool reused, ServerWalk walk) =>
        fault.Stage < SmtpStage.FinalDot && (reused || (fault.Reply is null && walk.HasNext));

    /// <summary>No server of the destination takes a session: what waits for it now would only find the same.</summary>
    private async Task ClosedToAllAsync(Destination destination, ServerWalk walk, CancellationToken abort)
    {
        foreach (var group in destination.TakeAll())
            await settlement.SettleAsync(group.Rows, Same(group.Rows, walk.Failure), walk.Place(null), abort);
    }

    private async Task<SmtpTransaction> TransactionAsync(SmtpSession session, IReadOnlyList<QueueEntry> rows, CancellationToken abort)
    {
        var first = rows[0];
        return new SmtpTransaction
        {
            ReversePath = first.ReversePath,
            Recipients = [.. rows.Select(r => r.Recipient)],
            HeaderPrefix = first.HeaderPrefix,
            SizeBytes = first.HeaderPrefix.Length + first.BlobSize,
            EightBitMime = first.EightBitMime,
            Smtputf8 = await NeedsSmtputf8Async(session, rows, abort),
            OpenBody = token => blobs.OpenAsync(first.Blob, token),
        };
    }

    /// <summary>Many clients ask for SMTPUTF8 whether their message needs it or not; only one that does is bound to servers that take it.</summary>
    private async Task<bool> NeedsSmtputf8Async(SmtpSession session, IReadOnlyList<QueueEntry> rows, CancellationToken abort)
    {
        var first = rows[0];
        if (rows.Select(r => r.Recipient).Append(first.ReversePath).Any(address => !Ascii.IsValid(SmtpAddress.WithAsciiDomain(address))))
            return true;
        if (!first.Smtputf8 || session.Capabilities.Smtputf8)
            return first.Smtputf8;
        return !Ascii.IsValid(first.HeaderPrefix) || await HasUtf8HeaderAsync(first.Blob, abort);
    }

    private async Task<bool> HasUtf8HeaderAsync(string blob, CancellationToken abort)
    {
        var header = new byte[MaxHeaderBytes];
        await using var body = await blobs.OpenAsync(blob, 0, abort);
        var count = await body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, abort);
        var octets = header.AsSpan(0, count);
        var end = octets.IndexOf("\r\n\r\n"u8);
        return !Ascii.IsValid(end < 0 ? octets : octets[..end]);
    }

    private async Task<OpenSession?> CloseAsync(OpenSession? open)
    {
        if (open is null)
            return null;
        await open.Session.QuitAsync();
        return await DropAsync(open);
    }

    private async Task<OpenSession?> DropAsync(OpenSession open)
    {
        metrics.Disconnected();
        await open.Session.DisposeAsync();
        return null;
    }

    private static RecipientResult[] Same(IReadOnlyList<QueueEntry> rows, RecipientResult result) => [.. rows.Select(_ => result)];

    [LoggerMessage(6010, LogLevel.Error, "The body of {MessageId} cannot be read")]
    private static partial void LogUnreadable(ILogger log, Exception failure, string messageId);

    [LoggerMessage(6011, LogLevel.Error, "The attempt to send {MessageId} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger log, Exception failure, string messageId);

    private sealed record OpenSession(SmtpSession Session, AttemptPlace Place);
}
