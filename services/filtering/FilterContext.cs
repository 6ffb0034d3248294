using System.Net;
using MailMesh.Blobs;
using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>A message as the checks see it.</summary>
public sealed class FilterContext(MessageReceived message, HeaderBlock header, IBlobStore blobs)
{
    public MessageReceived Message { get; } = message;

    public HeaderBlock Header { get; } = header;

    /// <summary>The client; null for mail that MailMesh itself wrote.</summary>
    public IPAddress? Client { get; } = IPAddress.TryParse(message.Connection.RemoteAddress, out var address)
        ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
        : null;

    /// <summary>True for mail from outside: nobody authenticated, no device of ours sent it, and MailMesh did not write it.</summary>
    public bool FromOutside => Client is not null && Message.Connection is { AuthenticatedAs: null, IsRelayClient: false };

    /// <summary>The whole message, from its first octet.</summary>
    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => blobs.OpenAsync(Message.Body, cancellationToken);

    /// <summary>The whole message to go back and forth in; to be disposed.</summary>
    public Task<Stream> CopyAsync(CancellationToken cancellationToken) => MessageCopy.ReadAsync(blobs, Message, cancellationToken);
}
