using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Outbound;
using MailMesh.Tracking;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Tells senders of what was given up: first the notification is accepted, then the rows go.</summary>
/// <remarks>After a crash between the two the notification comes again under the same id and is taken once.</remarks>
internal sealed partial class FailureReporter(
    OutboundQueue queue, NotificationSender notifications, TrackingLog tracking, RelayOptions options, RelayMetrics metrics,
    TimeProvider clock, ILogger<FailureReporter> log) : BackgroundService
{
    /// <summary>Most notifications of one round.</summary>
    private const int Batch = 100;

    /// <summary>Reports what is failed now; gives how many rows went.</summary>
    public async Task<int> ReportAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        var rows = await queue.LeaseFailedAsync(Batch, options.Lease);
        foreach (var group in rows.GroupBy(IdOf))
            count += await ReportAsync(group.Key, [.. group], cancellationToken);
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var away = true; // until the first success DependencyWatch tells what is missing
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var reported = await ReportAsync(stoppingToken);
                away = false;
                if (reported == 0)
                    await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                if (!away)
                    LogAway(log, PassingFaults.Unexplained(failure), failure.GetBaseException().Message);
                away = true;
                await Task.Delay(options.Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>A row that an operator gave up has no notification yet: it gets one of its own.</summary>
    private static string IdOf(QueueEntry row) => row.Notification ?? NotificationId.Of(row.MessageId, DsnAction.Failed, [row.Recipient]);

    private async Task<int> ReportAsync(string id, IReadOnlyList<QueueEntry> rows, CancellationToken cancellationToken)
    {
        var first = rows[0];
        var told = rows.Where(row => NotifyConditions.Of(row.Notify).Failure).ToList();
        try
        {
            var sent = told.Count == 0 ? null : await notifications.SendAsync(RowReport.Of(first) with { Recipients = [.. told.Select(Failed)] }, id, cancellationToken);
            if (sent is not null)
                metrics.Notified("failed");
            else if (first.ReversePath.Length == 0)
                LogDoubleBounce(log, first.MessageId, first.Recipient, first.LastOutcome);
            foreach (var row in rows)
                tracking.Record(Line(row, told.Contains(row) ? sent : null));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotReported(log, failure, first.MessageId); // the rows come back when their lease ends
            return 0;
        }
        await queue.SettleAsync([.. rows.Select(row => new QueueOutcome.Done(row.Id))]);
        return rows.Count;
    }

    private static RecipientStatus Failed(QueueEntry row) => new()
    {
        Address = row.Recipient,
        ForwardPath = row.ForwardPath,
        OriginalRecipient = row.OriginalRecipient,
        Action = DsnAction.Failed,
        Status = row.LastStatus ?? "5.0.0",
        RemoteMta = row.LastHost,
        Diagnostic = row.LastOutcome,
        LastAttemptAt = row.LastAttemptAt,
    };

    /// <summary>RFC 5321 §4.5.5: nobody is told when the message itself came with the null reverse-path; RFC 3461 §4.1: nor who does not want to be.</summary>
    private static TrackingEvent Line(QueueEntry row, string? notification)
    {
        var detail = new Dictionary<string, string> { ["status"] = row.LastStatus ?? "", ["reason"] = row.LastOutcome ?? "" };
        if (notification is not null)
            detail["notification"] = notification;
        return new TrackingEvent
        {
            MessageId = row.MessageId,
            Service = "relay",
            Event = notification is null ? "discarded" : "bounced",
            Recipient = row.Recipient,
            Detail = detail,
        };
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(options.Poll, clock, woken.Token);
        var work = queue.WaitForFailuresAsync(woken.Token);
        await Task.WhenAny(poll, work);
        await woken.CancelAsync();
        await Task.WhenAll(poll, work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(6030, LogLevel.Error, "Failed mail cannot be reported; trying again: {Reason}")]
    private static partial void LogAway(ILogger log, Exception? failure, string reason);

    [LoggerMessage(6031, LogLevel.Warning, "The notification about {MessageId} could not be accepted yet")]
    private static partial void LogNotReported(ILogger log, Exception failure, string messageId);

    [LoggerMessage(6032, LogLevel.Warning, "Double bounce: {MessageId} to {Recipient}, itself a notification, could not be delivered: {Reason}")]
    private static partial void LogDoubleBounce(ILogger log, string messageId, string recipient, string? reason);
}
