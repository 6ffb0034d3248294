using MailMesh.Ingress.Session;
using MailMesh.Tracking;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Pickup;

/// <summary>
/// Sends each .eml that is dropped into a folder, as IIS SMTP did. A file that has stood still for a scan is moved into 'working' and goes from there when its message is ours:
/// a crash between the two has it taken again, as the same message. What can never be sent goes into 'badmail', with its reason beside it.
/// </summary>
internal sealed partial class PickupFolder(SmtpServer server, PickupOptions options, ILogger<PickupFolder> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly PickupFile _file = new(server, options);
    private readonly string _folder = options.Folder ?? "";
    private readonly string _working = Path.Combine(options.Folder ?? "", "working");
    private readonly string _bad = Path.Combine(options.Folder ?? "", "badmail");
    private Dictionary<string, (long Size, DateTime Written)> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, server.Clock);
        try
        {
            do
                await ScanAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Takes what has stood still since the last scan.</summary>
    internal async Task ScanAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            Directory.CreateDirectory(_working);
            Directory.CreateDirectory(_bad);
            Lease();
            foreach (var path in Directory.EnumerateFiles(_working).Order(StringComparer.Ordinal).ToList())
                await TakeAsync(path, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogFailed(log, _folder, failure.Message);
        }
    }

    private void Lease()
    {
        var now = new Dictionary<string, (long, DateTime)>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles().Where(file => file.Extension.Equals(".eml", StringComparison.OrdinalIgnoreCase)))
        {
            var state = (file.Length, file.LastWriteTimeUtc);
            var target = Path.Combine(_working, file.Name);
            if (_seen.TryGetValue(file.Name, out var before) && before == state && file.Length > 0 && !File.Exists(target) && IsClosed(file.FullName))
                file.MoveTo(target);
            else
                now[file.Name] = state;
        }
        _seen = now;
    }

    /// <summary>False while its writer still has it open, where the system tells.</summary>
    private static bool IsClosed(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task TakeAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var message = await _file.AcceptAsync(path, cancellationToken);
            Tell(path, message);
            File.Delete(path);
        }
        catch (BadPickupException bad)
        {
            Reject(path, bad.Message);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogDelayed(log, Path.GetFileName(path), failure.GetBaseException().Message);
        }
    }

    private void Tell(string path, Contracts.MessageReceived message)
    {
        server.Tracking.Record(new TrackingEvent
        {
            MessageId = message.MessageId,
            Service = "ingress",
            Event = "received",
            Detail = new Dictionary<string, string>
            {
                ["listener"] = "pickup",
                ["file"] = Path.GetFileName(path),
                ["from"] = message.Envelope.ReversePath,
                ["to"] = string.Join(' ', message.Envelope.ForwardPaths.Take(20)),
            },
        });
        LogTaken(log, message.MessageId, Path.GetFileName(path), message.Envelope.ReversePath, message.Envelope.ForwardPaths.Count);
    }

    private void Reject(string path, string reason)
    {
        var target = Path.Combine(_bad, Path.GetFileName(path));
        File.WriteAllText(target + ".txt", reason + Environment.NewLine);
        File.Move(path, target, overwrite: true);
        LogBad(log, Path.GetFileName(path), reason);
    }

    [LoggerMessage(2101, LogLevel.Information, "{MessageId} taken from the pickup folder: {File}, from <{ReversePath}> to {Recipients} recipients")]
    private static partial void LogTaken(ILogger log, string messageId, string file, string reversePath, int recipients);

    [LoggerMessage(2102, LogLevel.Warning, "{File} of the pickup folder cannot be sent, and is in badmail: {Reason}")]
    private static partial void LogBad(ILogger log, string file, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "{File} of the pickup folder waits, since it cannot be kept now: {Reason}")]
    private static partial void LogDelayed(ILogger log, string file, string reason);

    [LoggerMessage(2104, LogLevel.Error, "The pickup folder {Folder} cannot be read or written: {Reason}")]
    private static partial void LogFailed(ILogger log, string folder, string reason);
}
