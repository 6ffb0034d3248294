using System.Diagnostics;
using System.Text;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Relay.Client;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Sends the groups of a destination over one connection, for as long as there are any.</summary>
internal sealed partial class DeliveryWorker(
    SmtpConnector connector, Settlement settlement, ActiveRows active, IBlobStore blobs, RelayOptions options, RelayMetrics metrics, TimeProvider clock,
    ILogger<DeliveryWorker> log)
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
        var course = new Course(destination.Hop, await ReturnLateAsync(active.Keep(group.Rows), abort), open) { Walk = new ServerWalk(connector, destination.Hop, abort) };
        while (course.Rows.Count > 0)
        {
            if (course.Open is null && !await OpenAsync(course, destination, abort))
                return null;
            if (await IsUnfitAsync(course))
                continue;
            Tag(span, course.Open!.Place);
            try
            {
                await SendAsync(course, abort);
            }
            catch (SmtpFaultException fault)
            {
                span?.SetStatus(ActivityStatusCode.Error, fault.Message);
                if (!await GoOnAsync(course, fault, abort))
                    return null;
            }
            catch (IOException failure)
            {
                span?.SetStatus(ActivityStatusCode.Error, failure.Message);
                LogUnreadable(log, failure, group.MessageId);
                await DropAsync(course.Open); // no final dot: the server throws away what it has
                await settlement.SettleAsync(course.Rows, Same(course.Rows, RecipientResult.OurFault("The message could not be read from the store")), AttemptPlace.Nowhere, abort);
                return null;
            }
        }
        return course.Open;
    }

    private static void Tag(Activity? span, AttemptPlace place) =>
        span?.SetTag("server.address", place.Host)?.SetTag("network.peer.address", place.Address)?.SetTag("mailmesh.tls", place.Tls);

    /// <summary>RFC 2852 §4.1: what is to come back past a moment is not delivered past it. Gives the rows that may still go.</summary>
    private async Task<IReadOnlyList<QueueEntry>> ReturnLateAsync(IReadOnlyList<QueueEntry> rows, CancellationToken abort)
    {
        if (rows.Count == 0 || DeliverByOf(rows[0]) is not { Returns: true } by || !by.IsOver(clock.GetUtcNow()))
            return rows;
        await settlement.SettleAsync(rows, Same(rows, RecipientResult.Finding(ResultKind.Failed, "5.4.7", "The time for delivery (BY) is over")), AttemptPlace.Nowhere, abort);
        return [];
    }

    /// <summary>A session with the next server that takes one; false when there is none, and the rows are settled so.</summary>
    private async Task<bool> OpenAsync(Course course, Destination destination, CancellationToken abort)
    {
        if (await course.Walk.OpenNextAsync() is { } session)
        {
            course.Open = new OpenSession(session, course.Walk.Place(session));
            metrics.Connected();
            return true;
        }
        await settlement.SettleAsync(course.Rows, Same(course.Rows, course.Walk.Failure), course.Walk.Place(null), abort);
        if (!course.FoundUnfit)
            await ClosedToAllAsync(destination, course.Walk, abort);
        return false;
    }

    /// <summary>True when the server lacks what this message needs, and others may not: on to the next one.</summary>
    private async Task<bool> IsUnfitAsync(Course course)
    {
        var first = course.Rows[0];
        var session = course.Open!.Session;
        if ((session.Unfit(DeliverByOf(first), first.RequireTls) ?? Unproven(course.Hop, session.Host, first)) is not { } finding)
            return false;
        course.Walk.Add(finding);
        course.Open = await CloseAsync(course.Open);
        course.Reused = false;
        course.FoundUnfit = true;
        return true;
    }

    /// <summary>
    /// RFC 8689 §4.2.1: the name of the server must be as sure as its certificate. Without DNSSEC or MTA-STS an MX record can be forged; but nobody
    /// else gets a certificate for a name in the recipient's own domain.
    /// </summary>
    private static RecipientResult? Unproven(NextHop.Servers hop, string host, QueueEntry row) =>
        !row.RequireTls || hop.IsConfigured || host.Equals(row.Domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{row.Domain}", StringComparison.OrdinalIgnoreCase)
            ? null
            : RecipientResult.Finding(ResultKind.Failed, "5.7.30", $"The message must go over TLS alone (REQUIRETLS), and only DNS that may be forged says that {host} is for {row.Domain}");

    /// <summary>One transaction; leaves the rows that go in the next.</summary>
    private async Task SendAsync(Course course, CancellationToken abort)
    {
        var open = course.Open!;
        // At each transaction anew: connecting takes long where servers do not answer.
        course.Rows = active.Keep(course.Rows);
        if (course.Rows.Count > 0)
            course.Rows = await SendAsync(open, course.Rows, abort);
        if (open.Session.Transactions < options.MessagesPerConnection && !open.Session.IsExhausted)
            return;
        // RFC 9422 §4.1: what is left goes over a session of its own.
        course.Open = await CloseAsync(open);
        course.Walk = new ServerWalk(connector, course.Hop, abort);
    }

    private async Task<IReadOnlyList<QueueEntry>> SendAsync(OpenSession open, IReadOnlyList<QueueEntry> all, CancellationToken abort)
    {
        var (rows, later) = WithinLimits(all, open.Session.Capabilities);
        var start = Stopwatch.GetTimestamp();
        var results = await open.Session.SendAsync(await TransactionAsync(open.Session, rows, abort), abort);
        metrics.Transaction(Stopwatch.GetElapsedTime(start));
        var indexes = Enumerable.Range(0, rows.Count).ToLookup(i => results[i].Kind == ResultKind.NextTransaction);
        await settlement.SettleAsync([.. indexes[false].Select(i => rows[i])], [.. indexes[false].Select(i => results[i])], open.Place, abort);
        return [.. indexes[true].Select(i => rows[i]), .. later];
    }

    /// <summary>RFC 9422 §4.2, §4.3: the recipients that the server takes in one transaction, and the others.</summary>
    private static (IReadOnlyList<QueueEntry> Now, IReadOnlyList<QueueEntry> Later) WithinLimits(IReadOnlyList<QueueEntry> rows, SmtpCapabilities server)
    {
        if (rows.Count <= server.MaxRecipients && server.MaxRecipientDomains == int.MaxValue)
            return (rows, []);
        var domains = new HashSet<string>();
        List<QueueEntry> now = [], later = [];
        foreach (var row in rows)
        {
            var fits = now.Count < server.MaxRecipients && (domains.Contains(row.Domain) || domains.Count < server.MaxRecipientDomains);
            (fits ? now : later).Add(row);
            if (fits)
                domains.Add(row.Domain);
        }
        return (now, later);
    }

    /// <summary>After a fault: true when another try is left; else the rows are settled.</summary>
    private async Task<bool> GoOnAsync(Course course, SmtpFaultException fault, CancellationToken abort)
    {
        var place = course.Open!.Place;
        course.Open = await DropAsync(course.Open);
        if (!MayGoOn(fault, course.Reused, course.Walk))
        {
            await settlement.SettleAsync(course.Rows, Same(course.Rows, RecipientResult.Of(fault)), place, abort);
            return false;
        }
        if (!course.Reused)
            course.Walk.Add(fault);
        course.Reused = false;
        return true;
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
            Recipients = [.. rows.Select(RecipientOf)],
            DsnReturn = first.DsnReturn,
            EnvelopeId = first.EnvelopeId,
            Priority = first.Priority,
            DeliverBy = DeliverByOf(first),
            RequireTls = first.RequireTls,
            HeaderPrefix = first.HeaderPrefix,
            SizeBytes = first.HeaderPrefix.Length + first.BlobSize,
            EightBitMime = first.EightBitMime,
            Smtputf8 = await NeedsSmtputf8Async(session, rows, abort),
            OpenBody = token => blobs.OpenAsync(first.Blob, token),
        };
    }

    /// <summary>RFC 3461 §5.2.1: where the sender gave no ORCPT, the address it wrote.</summary>
    private static SmtpRecipient RecipientOf(QueueEntry row)
    {
        var original = row.OriginalRecipient ?? OriginalRecipient.ParameterOf(row.ForwardPath);
        return new SmtpRecipient(row.Recipient) { Notify = row.Notify, OriginalRecipient = original.Length <= OriginalRecipient.MaxOctets ? original : null };
    }

    private static DeliverBy? DeliverByOf(QueueEntry row) => DeliverBy.Of(row.DeliverBy, row.DeliverByMode);

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

    /// <summary>How far one message has come.</summary>
    private sealed class Course(NextHop.Servers hop, IReadOnlyList<QueueEntry> rows, OpenSession? open)
    {
        public NextHop.Servers Hop { get; } = hop;

        public required ServerWalk Walk { get; set; }

        /// <summary>Those that are not settled.</summary>
        public IReadOnlyList<QueueEntry> Rows { get; set; } = rows;

        public OpenSession? Open { get; set; } = open;

        /// <summary>The session was there before this message: what goes wrong with it may say nothing of the server.</summary>
        public bool Reused { get; set; } = open is not null;

        /// <summary>A server was passed by for what this message needs: others may take other messages.</summary>
        public bool FoundUnfit { get; set; }
    }
}
