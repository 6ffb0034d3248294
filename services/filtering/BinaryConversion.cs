using System.Globalization;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Mime;
using MailMesh.Tracking;

namespace MailMesh.Filtering;

/// <summary>
/// RFC 3030 §3: a message that came with BODY=BINARYMIME becomes one that every mailbox and next hop takes. It is judged as it came, and
/// whatever happens to it then happens to the converted body, a blob of its own. A repetition makes another with the same octets.
/// </summary>
public sealed class BinaryConversion(IBlobStore blobs, TrackingLog tracking)
{
    /// <summary>Conversions at once: each may hold the places of ten thousand parts, and a message in a temporary file.</summary>
    private const int MaxAtOnce = 8;

    private static readonly SemaphoreSlim Places = new(MaxAtOnce);

    /// <summary>RFC 3463 §3.7. To deliver it as it is would be wrong at any time.</summary>
    private static readonly Refusal Inconvertible = new(
        554, "5.6.0", "The message has bare CR or LF, NUL, lines too long or too many parts outside of binary content: encode it as base64", Undeliverable: true);

    /// <summary>
    /// The message with its converted body, or the same with a verdict that refuses it, of which no notification gives more than the header
    /// back; what is not binary is given back as it is.
    /// </summary>
    public async Task<(MessageReceived Message, Verdict Verdict)> ApplyAsync(MessageReceived message, Verdict verdict, CancellationToken cancellationToken)
    {
        if (!message.Envelope.BinaryMime)
            return (message, verdict);
        await Places.WaitAsync(cancellationToken);
        try
        {
            var converted = await ConvertAsync(message, cancellationToken);
            FilteringMetrics.Converted(converted is not null);
            return converted is not null
                ? (converted, verdict)
                : (message with { Envelope = message.Envelope with { DsnReturn = "HDRS" } }, verdict with { Disposition = Disposition.Reject, Refusal = Inconvertible });
        }
        finally
        {
            Places.Release();
        }
    }

    private async Task<MessageReceived?> ConvertAsync(MessageReceived message, CancellationToken cancellationToken)
    {
        await using var original = await MessageCopy.ReadAsync(blobs, message, cancellationToken);
        await using var writer = blobs.Create();
        await using var output = new BlobOutput(writer);
        if (await SevenBitConversion.RunAsync(original, output, cancellationToken) is not { } conversion)
            return null;
        var size = writer.Length;
        var body = await writer.CompleteAsync(cancellationToken);
        Tell(message, conversion, size);
        return message with { Body = body, SizeBytes = size, Envelope = message.Envelope with { BinaryMime = false, EightBitMime = conversion.HasEightBit } };
    }

    private void Tell(MessageReceived message, SevenBitConversion conversion, long size) => tracking.Record(new TrackingEvent
    {
        MessageId = message.MessageId,
        Service = "filtering",
        Event = "converted",
        Detail = new Dictionary<string, string>
        {
            ["from"] = "BINARYMIME",
            ["encoded_parts"] = conversion.EncodedParts.ToString(CultureInfo.InvariantCulture),
            ["size"] = size.ToString(CultureInfo.InvariantCulture),
        },
    });

    /// <summary>A blob's writer as a stream that is written to.</summary>
    private sealed class BlobOutput(BlobWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writer.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
