using MimeKit;

namespace MailMesh.Filtering.Dkim;

/// <summary>
/// A message as DKIM sees it, header fields and a body of octets. Parsing the body would cost memory by its number of
/// parts, and could change an octet that was signed.
/// </summary>
internal sealed class OpaqueMessage : IAsyncDisposable
{
    private readonly Stream _octets;

    private OpaqueMessage(MimeMessage message, Stream octets)
    {
        Message = message;
        _octets = octets;
    }

    public MimeMessage Message { get; }

    public static async Task<OpaqueMessage> ReadAsync(FilterContext context, CancellationToken cancellationToken)
    {
        var octets = await context.CopyAsync(cancellationToken);
        try
        {
            return new OpaqueMessage(await ComposeAsync(octets, context.Header.BodyOffset, cancellationToken), octets);
        }
        catch
        {
            await octets.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Message.Dispose();
        await _octets.DisposeAsync();
    }

    private static async Task<MimeMessage> ComposeAsync(Stream octets, long bodyOffset, CancellationToken cancellationToken)
    {
        octets.Position = 0;
        var header = new byte[bodyOffset];
        await octets.ReadExactlyAsync(header, cancellationToken);
        var message = new MimeMessage();
        message.Headers.Clear();
        var body = new MimePart();
        body.Headers.Clear();
        using (var lines = new MemoryStream(header))
        {
            // MimeKit looks for a signed Content-… field in the body's header, and for every other in the message's.
            foreach (var field in await HeaderList.LoadAsync(lines, cancellationToken))
                (field.Field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? body.Headers : message.Headers).Add(field);
        }
        body.Content = new MimeContent(new BodyOctets(octets, bodyOffset), body.ContentTransferEncoding);
        message.Body = body;
        return message;
    }

    /// <summary>The message's octets from the body on.</summary>
    private sealed class BodyOctets(Stream octets, long start) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => octets.Length - start;

        public override long Position
        {
            get => octets.Position - start;
            set => octets.Position = start + value;
        }

        public override int Read(byte[] buffer, int offset, int count) => octets.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
