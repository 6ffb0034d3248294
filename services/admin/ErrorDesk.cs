using System.Globalization;
using System.Text;
using MailMesh.AdminApi;
using MailMesh.ErrorQueues;
using static MailMesh.AdminApi.Diagnosis;
using Queues = MailMesh.ErrorQueues.ErrorQueues;

namespace MailMesh.Admin;

/// <summary>The error queues as the API shows them.</summary>
/// <param name="queues">Null in standalone, which has none.</param>
internal sealed class ErrorDesk(Queues? queues)
{
    /// <summary>A page of faults stays readable; the whole text is a header of the message.</summary>
    private const int MaxFaultLength = 500;

    private const int MaxBodyBytes = 4 * 1024 * 1024;

    /// <summary>Whoever asks for the status does not wait for a broker that is away.</summary>
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(3);

    public bool HasQueues => queues is not null;

    /// <summary>The oldest failure first.</summary>
    /// <param name="queue">Only what came from this queue; null for all.</param>
    public async Task<Page<ErrorView>> PageAsync(PageQuery page, string? queue, CancellationToken cancel)
    {
        var found = new SortedDictionary<string, ErrorView>(StringComparer.Ordinal);
        await (queues?.VisitAsync(message =>
        {
            var mark = MarkOf(message);
            if ((queue is not null && message.Queue != queue) || (page.After is { } after && string.CompareOrdinal(mark, after) <= 0))
                return;
            found[mark] = View(message);
            if (found.Count > page.Limit + 1)
                found.Remove(found.Keys.Last());
        }, cancel) ?? Task.CompletedTask);
        return page.Of([.. found], row => row.Key, row => row.Value);
    }

    public async Task<ErrorDetails?> FindAsync(string id, CancellationToken cancel)
    {
        ErrorDetails? found = null;
        await (queues?.VisitAsync(message => found ??= message.Id == id ? Details(message) : null, cancel) ?? Task.CompletedTask);
        return found;
    }

    public Task<ErrorChange> RetryAsync(Func<FailedMessage, bool> which, CancellationToken cancel) => queues?.RetryAsync(which, cancel) ?? Nothing;

    public Task<ErrorChange> DeleteAsync(Func<FailedMessage, bool> which, CancellationToken cancel) => queues?.DeleteAsync(which, cancel) ?? Nothing;

    /// <summary>How many wait in each; null where there are none, or the broker does not say it at once.</summary>
    public async Task<IReadOnlyList<ErrorQueueDepth>?> CountAsync(CancellationToken cancel)
    {
        if (queues is null)
            return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(CountPatience);
        try
        {
            return await queues.CountAsync(patience.Token);
        }
        catch (Exception failure) when (failure is IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    public async Task<Diagnosis> ExamineAsync(CancellationToken cancel)
    {
        if (!HasQueues)
            return new Diagnosis("errors", Ok, "no error queues: in standalone the spool tries again");
        if (await CountAsync(cancel) is not { } depths)
            return new Diagnosis("errors", Warn, "the broker does not answer", "See /health/ready of each service.");
        var waiting = depths.Where(depth => depth.Messages > 0).Select(depth => $"{depth.Queue} {depth.Messages}").ToList();
        return waiting.Count == 0
            ? new Diagnosis("errors", Ok, "the error queues are empty")
            : new Diagnosis("errors", Warn, $"messages that could not be processed: {string.Join(", ", waiting)}", "See why: mailmesh errors list. Then retry or delete them.");
    }

    private static Task<ErrorChange> Nothing => Task.FromResult(new ErrorChange(0, 0));

    /// <summary>Orders by time, then by id: a message that is there twice is one.</summary>
    private static string MarkOf(FailedMessage message) =>
        string.Create(CultureInfo.InvariantCulture, $"{message.FailedAt?.ToUnixTimeMilliseconds() ?? 0:D15} {message.Queue} {message.Id}");

    private static ErrorView View(FailedMessage message) => new(
        message.Id, message.Queue, message.FailedAt, message.Envelope.MessageType, message.Envelope.MessageId,
        message.Fault.Length > MaxFaultLength ? message.Fault[..MaxFaultLength] : message.Fault, message.Body.Length);

    private static ErrorDetails Details(FailedMessage message)
    {
        var body = message.Body.Span[..Math.Min(message.Body.Length, MaxBodyBytes)];
        var isText = System.Text.Unicode.Utf8.IsValid(body);
        return new ErrorDetails(
            View(message), message.Headers, message.ContentType, isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body), isText ? "utf-8" : "base64");
    }
}
