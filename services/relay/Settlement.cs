using System.Globalization;
using MailMesh.Batching;
using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Outbound;
using MailMesh.Relay.Client;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Turns the results of attempts into what becomes of the rows: gone, tried again, given up; many rows a transaction.</summary>
internal sealed partial class Settlement : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private readonly GroupCommit<IReadOnlyList<QueueOutcome>, bool> _commits;
    private readonly RetrySchedule _schedule;
    private readonly NotificationSender _notifications;
    private readonly TrackingLog _tracking;
    private readonly ActiveRows _active;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<Settlement> _log;

    public Settlement(
        OutboundQueue queue, RetrySchedule schedule, NotificationSender notifications, TrackingLog tracking,
        ActiveRows active, RelayMetrics metrics, TimeProvider clock, ILogger<Settlement> log)
    {
        _commits = new(async groups =>
        {
            await queue.SettleAsync([.. groups.SelectMany(g => g)]);
            return [.. groups.Select(_ => true)];
        });
        (_schedule, _notifications, _tracking, _active, _metrics, _clock, _log) = (schedule, notifications, tracking, active, metrics, clock, log);
    }

    /// <summary>Completes when the outcome is durable: a row that a server has taken and that is not deleted would be sent again.</summary>
    /// <param name="rows">Rows of one message.</param>
    /// <param name="results">A result for each row; the rows to go in the next transaction are not among them.</param>
    /// <param name="place">Where it was tried.</param>
    /// <param name="abort">Gives up on a database that stays away.</param>
    public async Task SettleAsync(IReadOnlyList<QueueEntry> rows, IReadOnlyList<RecipientResult> results, AttemptPlace place, CancellationToken abort)
    {
        var now = _clock.GetUtcNow();
        var verdicts = rows.Zip(results, (row, result) => (Row: row, Result: Expire(row, result, now))).ToList();
        var notification = NotificationId.Of(rows[0].MessageId, DsnAction.Failed, verdicts.Where(v => v.Result.Kind == ResultKind.Failed).Select(v => v.Row.Recipient));
        await ConfirmAsync([.. verdicts.Where(v => IsToBeConfirmed(v.Row, v.Result, place))], place, now, abort);
        var warned = await WarnAsync([.. verdicts.Where(v => IsToBeWarned(v.Row, v.Result, now))], place, now, abort);
        var outcomes = new List<QueueOutcome>(rows.Count);
        foreach (var (row, result) in verdicts)
        {
            var attempt = new Attempt(now, result.Status, result.ByServer ? place.Host : null, result.Text);
            QueueOutcome outcome = result.Kind switch
            {
                ResultKind.Delivered => new QueueOutcome.Done(row.Id),
                ResultKind.Failed => new QueueOutcome.Failed(row.Id, notification, attempt),
                _ => new QueueOutcome.Deferred(row.Id, NextOf(row, result, now), attempt, row.Warned || warned.Contains(row.Id)),
            };
            Record(row, result, place, outcome);
            outcomes.Add(outcome);
        }
        await CommitAsync(outcomes, abort);
        _active.Remove(rows);
    }

    public ValueTask DisposeAsync() => _commits.DisposeAsync();

    private async Task CommitAsync(List<QueueOutcome> outcomes, CancellationToken abort)
    {
        while (true)
        {
            try
            {
                await _commits.AddAsync(outcomes, abort);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogUnsettled(_log, failure, outcomes.Count);
                await Task.Delay(RetryDelay, _clock, abort);
            }
        }
    }

    /// <summary>RFC 5321 §4.5.4.1: past the give-up time a message that still cannot go is returned; RFC 2852 §4.1: past its own, where that was asked for.</summary>
    private RecipientResult Expire(QueueEntry row, RecipientResult result, DateTimeOffset now)
    {
        if (result.Kind != ResultKind.Deferred)
            return result;
        if (DeliverByOf(row) is { Returns: true } by && by.IsOver(now))
            return result with { Kind = ResultKind.Failed, Status = "5.4.7", Text = $"The time for delivery (BY) is over; last: {result.Text}", ByServer = false };
        return _schedule.IsExpired(row.ReceivedAt, now) ? result with { Kind = ResultKind.Failed, Status = "4.4.7" } : result;
    }

    /// <summary>RFC 2852: the moment of BY is one to act at.</summary>
    private DateTimeOffset NextOf(QueueEntry row, RecipientResult result, DateTimeOffset now)
    {
        var next = _schedule.Next(row.Attempts, row.ReceivedAt, now, result.IsOurs);
        return row.DeliverBy > now && row.DeliverBy < next ? row.DeliverBy.Value : next;
    }

    private bool IsToBeWarned(QueueEntry row, RecipientResult result, DateTimeOffset now)
    {
        if (result.Kind != ResultKind.Deferred || row.ReversePath.Length == 0 || !NotifyConditions.Of(row.Notify).Delay)
            return false;
        return IsFirstPastDeliverBy(row, now) || (!row.Warned && (_schedule.IsLate(row.ReceivedAt, now) || row.DeliverBy <= now));
    }

    /// <summary>RFC 2852 §4.1, by-mode N: the sender is told when the moment has passed, whatever it was told before.</summary>
    private static bool IsFirstPastDeliverBy(QueueEntry row, DateTimeOffset now) => row.DeliverBy <= now && row.LastAttemptAt < row.DeliverBy;

    /// <summary>RFC 3461 §5.2.2: success where the next server may not tell of it; RFC 2852 §4: each relaying, where that was asked for.</summary>
    private static bool IsToBeConfirmed(QueueEntry row, RecipientResult result, AttemptPlace place)
    {
        if (result.Kind != ResultKind.Delivered || row.ReversePath.Length == 0)
            return false;
        var notify = NotifyConditions.Of(row.Notify);
        return (notify.Success && !place.TakesDsn) || (DeliverByOf(row) is { Traces: true } && notify is not { Success: false, Failure: false, Delay: false });
    }

    private static DeliverBy? DeliverByOf(QueueEntry row) => DeliverBy.Of(row.DeliverBy, row.DeliverByMode);

    /// <summary>Accepts the notification before the rows go: a crash between the two sends both again, the notification under the same id.</summary>
    private async Task ConfirmAsync(List<(QueueEntry Row, RecipientResult Result)> relayed, AttemptPlace place, DateTimeOffset now, CancellationToken abort)
    {
        while (relayed.Count > 0)
        {
            try
            {
                await _notifications.SendAsync(RowReport.Of(relayed[0].Row) with { Recipients = [.. relayed.Select(r => Relayed(r.Row, r.Result, place, now))] }, abort);
                _metrics.Notified("relayed");
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotConfirmed(_log, failure, relayed[0].Row.MessageId);
                await Task.Delay(RetryDelay, _clock, abort);
            }
        }
    }

    private async Task<HashSet<long>> WarnAsync(List<(QueueEntry Row, RecipientResult Result)> late, AttemptPlace place, DateTimeOffset now, CancellationToken abort)
    {
        if (late.Count == 0)
            return [];
        var first = late[0].Row;
        try
        {
            var report = RowReport.Of(first) with { Recipients = [.. late.Select(l => Delayed(l.Row, l.Result, place, now))] };
            var addresses = late.Select(l => l.Row.Recipient);
            // What was told of a delay before does not stand for this: another id.
            var id = NotificationId.Of(first.MessageId, DsnAction.Delayed, IsFirstPastDeliverBy(first, now) ? addresses.Append("past BY") : addresses);
            await _notifications.SendAsync(report, id, abort);
            _metrics.Notified("delayed");
            foreach (var (row, _) in late)
                _tracking.Record(Line(row, "warned", ("notification", id)));
            return [.. late.Select(l => l.Row.Id)];
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotWarned(_log, failure, first.MessageId); // the next attempt warns
            return [];
        }
    }

    private RecipientStatus Delayed(QueueEntry row, RecipientResult result, AttemptPlace place, DateTimeOffset now) => new()
    {
        Address = row.Recipient,
        ForwardPath = row.ForwardPath,
        OriginalRecipient = row.OriginalRecipient,
        Action = DsnAction.Delayed,
        Status = IsFirstPastDeliverBy(row, now) ? "4.4.7" : result.Status, // RFC 2852 §4.1
        RemoteMta = result.ByServer ? place.Host : null,
        Diagnostic = result.Text,
        LastAttemptAt = now,
        WillRetryUntil = _schedule.GivesUpAt(row.ReceivedAt),
    };

    private static RecipientStatus Relayed(QueueEntry row, RecipientResult result, AttemptPlace place, DateTimeOffset now) => new()
    {
        Address = row.Recipient,
        ForwardPath = row.ForwardPath,
        OriginalRecipient = row.OriginalRecipient,
        Action = DsnAction.Relayed,
        Status = place.TakesDsn ? "2.0.0" : "2.1.9", // RFC 3886 §4: relayed to a server that tells nothing
        RemoteMta = place.Host,
        Diagnostic = result.Text,
        LastAttemptAt = now,
    };

    private void Record(QueueEntry row, RecipientResult result, AttemptPlace place, QueueOutcome outcome)
    {
        var (name, then) = outcome switch
        {
            QueueOutcome.Done => ("relayed", null),
            QueueOutcome.Failed failed => ("attempt", failed.Notification),
            QueueOutcome.Deferred deferred => ("deferred", deferred.NextAttemptAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
            _ => throw new InvalidOperationException(outcome.ToString()),
        };
        var word = outcome is QueueOutcome.Failed ? "failed" : name;
        _metrics.Attempted(word);
        _tracking.Record(Line(row, name,
            ("result", word),
            ("host", place.Host),
            ("address", place.Address),
            ("tls", place.Tls),
            ("status", result.Status),
            (result.ByServer ? "reply" : "finding", result.Text),
            ("attempt", (row.Attempts + 1).ToString(CultureInfo.InvariantCulture)),
            (outcome is QueueOutcome.Deferred ? "next" : "notification", then)));
        if (outcome is QueueOutcome.Failed)
            LogFailed(_log, row.MessageId, row.Recipient, result.Status, result.Text);
        else if (outcome is QueueOutcome.Deferred)
            LogDeferred(_log, row.MessageId, row.Recipient, result.Status, result.Text);
    }

    private static TrackingEvent Line(QueueEntry row, string name, params ReadOnlySpan<(string Key, string? Value)> facts)
    {
        var detail = new Dictionary<string, string>();
        foreach (var (key, value) in facts)
        {
            if (value is not null)
                detail[key] = value;
        }
        return new TrackingEvent { MessageId = row.MessageId, Service = "relay", Event = name, Recipient = row.Recipient, Detail = detail };
    }

    [LoggerMessage(6001, LogLevel.Error, "{Count} outcomes cannot be written to the queue yet")]
    private static partial void LogUnsettled(ILogger log, Exception failure, int count);

    [LoggerMessage(6002, LogLevel.Warning, "The sender of {MessageId} could not be told of its delay yet")]
    private static partial void LogNotWarned(ILogger log, Exception failure, string messageId);

    [LoggerMessage(6005, LogLevel.Warning, "The sender of {MessageId} could not be told that it was relayed yet")]
    private static partial void LogNotConfirmed(ILogger log, Exception failure, string messageId);

    [LoggerMessage(6003, LogLevel.Information, "{MessageId} to {Recipient} failed: {Status} {Reason}")]
    private static partial void LogFailed(ILogger log, string messageId, string recipient, string status, string reason);

    [LoggerMessage(6004, LogLevel.Information, "{MessageId} to {Recipient} deferred: {Status} {Reason}")]
    private static partial void LogDeferred(ILogger log, string messageId, string recipient, string status, string reason);
}
