using System.Diagnostics;
using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Spool;
using MailMesh.Tracking;
using MimeKit;

namespace MailMesh.Dsn;

/// <summary>Tells a sender what became of a message: a notification enters MailMesh as a message of its own, with the null reverse-path.</summary>
/// <remarks>
/// Accept the notification first, then remove what it reports: a crash between the two sends it again, under the same
/// message id, and the second is recognised by that id.
/// </remarks>
public sealed class NotificationSender(
    IMessageIntake intake, IBlobStore blobs, TrackingLog tracking, MailMeshOptions options, TimeProvider clock)
{
    /// <summary>Messages that come back whole at once: each is in memory some times over while it is written.</summary>
    private const int MaxWholeAtOnce = 8;

    private static readonly SemaphoreSlim Places = new(MaxWholeAtOnce);

    private readonly DeliveryStatusNotification _notification = new(options.Hostname);

    /// <summary>
    /// Completes when the notification is durable and on its way; gives its message id, or null where nobody may be told,
    /// since the message itself came with the null reverse-path (RFC 5321 §4.5.5).
    /// </summary>
    /// <exception cref="IOException">It could not be made durable: try again later.</exception>
    public Task<string?> SendAsync(StatusReport report, CancellationToken cancellationToken = default)
    {
        var id = NotificationId.Of(report.MessageId, report.Recipients[0].Action, report.Recipients.Select(r => r.Address));
        return SendAsync(report, id, cancellationToken);
    }

    /// <inheritdoc cref="SendAsync(StatusReport, CancellationToken)"/>
    /// <param name="id">Message id of the notification, from <see cref="NotificationId"/> and kept by the caller.</param>
    public async Task<string?> SendAsync(StatusReport report, string id, CancellationToken cancellationToken = default)
    {
        if (report.ReversePath.Length == 0)
            return null;
        if (!ReturnedMessage.IsWanted(report))
            return await WriteAsync(report, id, cancellationToken);
        await Places.WaitAsync(cancellationToken);
        try
        {
            return await WriteAsync(report, id, cancellationToken);
        }
        finally
        {
            Places.Release();
        }
    }

    private async Task<string> WriteAsync(StatusReport report, string id, CancellationToken cancellationToken)
    {
        using var span = Telemetry.StartSpan("notification", ActivityKind.Producer, $"00-{id}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        span?.SetTag("mailmesh.message.reported", report.MessageId);
        var original = await ReturnedMessage.ReadAsync(blobs, report, cancellationToken);
        var now = clock.GetUtcNow();
        var international = !report.ReversePath.All(char.IsAscii);
        var octets = Serialize(_notification.Compose(report, id, original, now), international);
        var message = new MessageReceived
        {
            MessageId = id,
            TraceParent = span?.Id,
            Envelope = new Envelope
            {
                ReversePath = "",
                ForwardPaths = [report.ReversePath],
                Smtputf8 = international,
                EightBitMime = octets.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127),
                RequireTls = report.RequireTls, // RFC 8689 §5: what is told of such a message is worth as much
                Priority = report.Priority,
            },
            Body = await StoreAsync(octets, cancellationToken),
            SizeBytes = octets.Length,
            Connection = new ConnectionEvidence { RemoteAddress = "", Helo = options.Hostname, Listener = "relay" },
            ReceivedAt = now,
        };
        tracking.Record(Line(report, id, now));
        await intake.AcceptAsync(message, cancellationToken);
        return id;
    }

    private static TrackingEvent Line(StatusReport report, string id, DateTimeOffset now) => new()
    {
        MessageId = id,
        At = now,
        Service = "relay",
        Event = "received",
        Recipient = report.ReversePath,
        Detail = new Dictionary<string, string>
        {
            ["notification"] = DeliveryStatusNotification.NameOf(report.Recipients[0].Action),
            ["reports"] = report.MessageId,
        },
    };

    private static byte[] Serialize(MimeMessage message, bool international)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        format.International = international;
        using var octets = new MemoryStream();
        message.WriteTo(format, octets);
        return octets.ToArray();
    }

    private async Task<string> StoreAsync(byte[] octets, CancellationToken cancellationToken)
    {
        await using var writer = blobs.Create();
        await writer.WriteAsync(octets, cancellationToken);
        return await writer.CompleteAsync(cancellationToken);
    }
}
