using System.Diagnostics.Metrics;
using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>
/// Events of mailboxes on their way to the broker: the newest of each mailbox, bounded, and nobody waits for them. The first of a mailbox goes at once, and those of
/// the moment after it together: a client that files its mail makes a change every few milliseconds, and each event costs the broker and every copy the same.
/// </summary>
internal sealed class MailboxAnnouncements(IBus bus, TimeProvider clock) : BackgroundService
{
    private const int MaxWaiting = 10_000;

    /// <summary>Of one event: a client writes a handful at a time.</summary>
    private const int MaxEntries = 1_000;

    /// <summary>Between two events of a mailbox; what comes meanwhile is told after it. The more mailboxes change at a time, the longer, so that the broker keeps up.</summary>
    private static readonly TimeSpan ShortestPace = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestPace = TimeSpan.FromMilliseconds(250);

    /// <summary>What each mailbox that changes adds to the pace: 200 events a second, until the longest pace is reached by 50 of them.</summary>
    private static readonly TimeSpan PacePerMailbox = TimeSpan.FromMilliseconds(5);

    /// <summary>Between two looks at what waits.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);
    private static readonly Uri Address = new($"exchange:{RabbitMqBus.Events}?type=direct");
    private static readonly Counter<long> Dropped =
        Telemetry.Meter.CreateCounter<long>("mailmesh.mailbox.events.dropped", "{event}", "Events of mailboxes that the broker could not take in time; sessions catch up without them");

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Dictionary<(long Account, long Mailbox, long Reader), MailboxChanged> _waiting = [];

    /// <summary>When the mailboxes had their last event, of those that had one within the pace.</summary>
    private readonly Dictionary<(long Account, long Mailbox, long Reader), long> _sent = [];

    /// <summary>Returns at once.</summary>
    public void Add(MailboxChanged change)
    {
        lock (_wake)
        {
            var mailbox = (change.AccountId, change.MailboxId, change.ReaderId);
            if (_waiting.Count >= MaxWaiting && !_waiting.ContainsKey(mailbox))
            {
                Dropped.Add(1);
                return;
            }
            _waiting[mailbox] = Merge(_waiting.GetValueOrDefault(mailbox), change);
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken);
            while (Take() is { } due)
            {
                foreach (var change in due)
                    await SendAsync(change, stoppingToken);
                await Task.Delay(Step, stoppingToken);
            }
        }
    }

    /// <summary>The events of mailboxes that had none in the moment before; null where none waits at all.</summary>
    private List<MailboxChanged>? Take()
    {
        var now = clock.GetTimestamp();
        var pace = PaceOf(_sent.Count);
        foreach (var (mailbox, sentAt) in _sent)
        {
            if (clock.GetElapsedTime(sentAt, now) >= pace)
                _sent.Remove(mailbox);
        }
        lock (_wake)
        {
            if (_waiting.Count == 0)
                return null;
            var due = _waiting.Where(waiting => !_sent.ContainsKey(waiting.Key)).ToList();
            foreach (var (mailbox, _) in due)
            {
                _waiting.Remove(mailbox);
                _sent.Add(mailbox, now);
            }
            return due.ConvertAll(waiting => waiting.Value);
        }
    }

    private static TimeSpan PaceOf(int mailboxes)
    {
        var pace = mailboxes * PacePerMailbox;
        return pace < ShortestPace ? ShortestPace : pace > LongestPace ? LongestPace : pace;
    }

    private static MailboxChanged Merge(MailboxChanged? waiting, MailboxChanged change) => waiting is null ? change : change with
    {
        ModSeq = Math.Max(waiting.ModSeq, change.ModSeq),
        Listing = waiting.Listing || change.Listing,
        Entries = [.. waiting.Entries.Union(change.Entries).Take(MaxEntries)],
    };

    private async Task SendAsync(MailboxChanged change, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(SendLimit);
        try
        {
            var endpoint = await bus.GetSendEndpoint(Address);
            await endpoint.Send(change, context => RabbitMqBus.MakePassing(context, RabbitMqBus.KeyOf(change.AccountId)), limit.Token);
        }
        catch (Exception) when (!stoppingToken.IsCancellationRequested)
        {
            Dropped.Add(1);
        }
    }
}
