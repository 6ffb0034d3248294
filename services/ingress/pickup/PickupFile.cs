using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Ingress.Message;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Pickup;

/// <summary>One file on its way into our hands: durable in the blob store and the intake before this returns.</summary>
internal sealed class PickupFile(SmtpServer server, PickupOptions options)
{
    private const int ChunkOctets = 64 * 1024;

    /// <exception cref="BadPickupException">It can never be sent.</exception>
    public async Task<MessageReceived> AcceptAsync(string path, CancellationToken cancellationToken)
    {
        var size = new FileInfo(path).Length;
        if (size > server.Options.MaxMessageBytes)
            throw new BadPickupException($"It has {size} octets, more than the {server.Options.MaxMessageBytes} of MAILMESH__INGRESS__MAXMESSAGEBYTES.");
        var id = await IdAsync(path, cancellationToken);
        await using var file = File.OpenRead(path);
        var lines = new CrlfStream();
        var header = await ReadHeaderAsync(file, lines, cancellationToken);
        var fields = HeaderField.ReadAll(header.Header);
        var envelope = PickupEnvelope.Read(fields);
        await CheckSenderAsync(envelope.ReversePath);
        var now = server.Clock.GetUtcNow();
        await using var writer = server.Blobs.Create();
        var missing = new MissingFields { MessageId = id, Hostname = server.Hostname, Date = now, From = envelope.ReversePath.Length > 0 ? envelope.ReversePath : null };
        await writer.WriteAsync(Encoding.UTF8.GetBytes($"Received: by {server.Hostname} (MailMesh) from its pickup folder id {id};\r\n\t{ReceivedField.Date(now)}\r\n{missing.Of(fields)}"), cancellationToken);
        foreach (var field in fields.Where(field => !PickupEnvelope.IsHidden(field)))
            await writer.WriteAsync(field.Octets, cancellationToken);
        await writer.WriteAsync(header.Held[header.Header.Length..], cancellationToken);
        await CopyAsync(file, lines, writer, cancellationToken);
        var message = new MessageReceived
        {
            MessageId = id,
            TraceParent = $"00-{id}-{id[..16]}-01",
            Envelope = envelope,
            SizeBytes = writer.Length,
            Body = await writer.CompleteAsync(cancellationToken),
            // Without an address: what checks clients has nothing to check, and notices may go to the sender.
            Connection = new ConnectionEvidence { RemoteAddress = "", Helo = server.Hostname, Listener = "pickup", IsRelayClient = true },
            ReceivedAt = now,
        };
        await server.InTimeAsync(server.Intake.AcceptAsync(message, cancellationToken));
        return message;
    }

    /// <summary>Of name and content: a file that is taken again after a crash is the same message, and what has been delivered of it is not delivered twice.</summary>
    private static async Task<string> IdAsync(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path)));
        await using var file = File.OpenRead(path);
        hash.AppendData(await SHA256.HashDataAsync(file, cancellationToken));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private async Task CheckSenderAsync(string sender)
    {
        if (sender.Length == 0 || options.AnySender)
            return;
        if (await server.InTimeAsync(server.Accounts.ResolveAsync(sender)) is Accounts.AddressResolution.Remote)
            throw new BadPickupException($"The sender {sender} is of no domain of ours; MAILMESH__INGRESS__PICKUP__ANYSENDER=true lets anybody be it.");
    }

    private static async Task<SubmissionHeader> ReadHeaderAsync(Stream file, CrlfStream lines, CancellationToken cancellationToken)
    {
        var header = new SubmissionHeader();
        var buffer = new byte[4096];
        while (!header.IsComplete)
        {
            var count = await file.ReadAsync(buffer, cancellationToken);
            header.Add(count == 0 ? lines.End() : lines.Convert(buffer.AsSpan(0, count)));
            if (count == 0)
                break;
        }
        if (header.IsTooLong)
            throw new BadPickupException($"Its header is longer than {SubmissionHeader.MaxOctets / 1024} KiB.");
        return header;
    }

    private static async Task CopyAsync(Stream file, CrlfStream lines, BlobWriter writer, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkOctets);
        try
        {
            while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                await writer.WriteAsync(lines.Convert(buffer.AsSpan(0, count)).ToArray(), cancellationToken);
            await writer.WriteAsync(lines.End().ToArray(), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
