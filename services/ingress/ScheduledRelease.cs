using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Scheduled;
using MailMesh.Spool;
using MailMesh.Tracking;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress;

/// <summary>RFC 4865: sends scheduled mail on its way when its moment has come; one of all copies does.</summary>
internal sealed partial class ScheduledRelease(
    ScheduledMail scheduled, IMessageIntake intake, LeasedWork turns, TrackingLog tracking, TimeProvider clock, ILogger<ScheduledRelease> log) : BackgroundService
{
    /// <summary>Messages of one round.</summary>
    private const int Batch = 100;

    /// <summary>How late a message may go that another copy took, or that a lost wake-up forgot.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>Sends what is due now; gives how many.</summary>
    public async Task<int> ReleaseAsync(CancellationToken cancellationToken)
    {
        var due = await scheduled.TakeDueAsync(Batch);
        foreach (var one in due)
        {
            // Nobody waits for the verdict any longer: a refusal goes back to the sender, who has authenticated.
            var message = one.Message with { VerdictTo = null, ReceivedAt = clock.GetUtcNow() };
            tracking.Record(new TrackingEvent { MessageId = message.MessageId, Service = "ingress", Event = "released" });
            await intake.AcceptAsync(message, cancellationToken);
            await scheduled.ForgetAsync(message.MessageId);
            LogReleased(log, message.MessageId, message.Envelope.ReversePath);
        }
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var away = true; // until the first success DependencyWatch tells what is missing
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Poll;
            try
            {
                await turns.RunAsync("scheduled mail", ReleaseAllAsync, stoppingToken);
                wait = await UntilNextAsync();
                away = false;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                if (!away)
                    LogAway(log, PassingFaults.Unexplained(failure), failure.GetBaseException().Message);
                away = true;
            }
            await WaitAsync(wait, stoppingToken);
        }
    }

    private async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        while (await ReleaseAsync(cancellationToken) == Batch)
        {
        }
    }

    private async Task<TimeSpan> UntilNextAsync()
    {
        var now = clock.GetUtcNow();
        // What is due and still there waits for its account, or is another copy's.
        return await scheduled.NextAsync() is { } next && next > now && next - now < Poll ? next - now : Poll;
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken stopping)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var pause = Task.Delay(wait, clock, woken.Token);
        var change = scheduled.WaitForChangeAsync(woken.Token);
        await Task.WhenAny(pause, change);
        await woken.CancelAsync();
        await Task.WhenAll(pause, change).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(2040, LogLevel.Information, "Scheduled message {MessageId} from {ReversePath} goes its way")]
    private static partial void LogReleased(ILogger log, string messageId, string reversePath);

    [LoggerMessage(2041, LogLevel.Error, "Scheduled mail cannot be sent on; trying again: {Reason}")]
    private static partial void LogAway(ILogger log, Exception? failure, string reason);
}
