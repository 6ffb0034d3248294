using System.Globalization;
using System.Text;
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
        var warned = await WarnAsync([.. verdicts.Where(v => IsToBeWarned(v.Row, v.Result, now))], place, now, abort);
        var outcomes = new List<QueueOutcome>(rows.Count);
        foreach (var (row, result) in verdicts)
        {
            var attempt = new Attempt(now, result.Status, result.ByServer ? place.Host : null, result.Text);
            QueueOutcome outcome = result.Kind switch
            {
                ResultKind.Delivered => new QueueOutcome.Done(row.Id),
                ResultKind.Failed => new QueueOutcome.Failed(row.Id, notification, attempt),
                _ => new QueueOutcome.Deferred(row.Id, _schedule.Next(row.Attempts, row.ReceivedAt, now, result.IsOurs), attempt, row.Warned || warned.Contains(row.Id)),
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

    /// <summary>RFC 5321 §4.5.4.1: past the give-up time a message that still cannot go is returned.</summary>
    private RecipientResult Expire(QueueEntry row, RecipientResult result, DateTimeOffset now) =>
        result.Kind == ResultKind.Deferred && _schedule.IsExpired(row.ReceivedAt, now) ? result with { Kind = ResultKind.Failed, Status = "4.4.7" } : result;

    private bool IsToBeWarned(QueueEntry row, RecipientResult result, DateTimeOffset now) =>
        result.Kind == ResultKind.Deferred && !row.Warned && row.ReversePath.Length > 0 && _schedule.IsLate(row.ReceivedAt, now);

    private async Task<HashSet<long>> WarnAsync(List<(QueueEntry Row, RecipientResult Result)> late, AttemptPlace place, DateTimeOffset now, CancellationToken abort)
    {
        if (late.Count == 0)
            return [];
        var first = late[0].Row;
        try
        {
            var id = await _notifications.SendAsync(new StatusReport
            {
                MessageId = first.MessageId,
                ReversePath = first.ReversePath,
                Body = first.Blob,
                HeaderPrefix = Encoding.UTF8.GetString(first.HeaderPrefix),
                ReceivedAt = first.ReceivedAt,
                Recipients = [.. late.Select(l => Delayed(l.Row, l.Result, place, now))],
            }, abort);
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
        Action = DsnAction.Delayed,
        Status = result.Status,
        RemoteMta = result.ByServer ? place.Host : null,
        Diagnostic = result.Text,
        LastAttemptAt = now,
        WillRetryUntil = _schedule.GivesUpAt(row.ReceivedAt),
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

    [LoggerMessage(6003, LogLevel.Information, "{MessageId} to {Recipient} failed: {Status} {Reason}")]
    private static partial void LogFailed(ILogger log, string messageId, string recipient, string status, string reason);

    [LoggerMessage(6004, LogLevel.Information, "{MessageId} to {Recipient} deferred: {Status} {Reason}")]
    private static partial void LogDeferred(ILogger log, string messageId, string recipient, string status, string reason);
}
