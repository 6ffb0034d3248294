using System.Buffers;
using MailMesh.Wire;

namespace MailMesh.Access.Pop3;

/// <summary>Streams a message as a multi-line reply (RFC 1939 §3): dots stuffed, ended by CRLF and '.'; its octets are otherwise as they are stored.</summary>
internal sealed class MessageSender(Pop3Session session, Stream message, LineLimit? limit) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
    private int _length;
    private byte _last = (byte)'\n';
    private bool _endsWithCrLf = true;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <exception cref="MaildropUnavailableException">The store does not give the message.</exception>
    public async ValueTask ReadFirstAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    public async ValueTask SendAsync()
    {
        while (_length > 0)
        {
            var length = limit?.Take(_buffer.AsSpan(0, _length)) ?? _length;
            Write(session.Connection, _buffer.AsSpan(0, length));
            await session.SendIfMuchAsync();
            if (limit is { IsReached: true })
                break;
            await ReadAsync();
        }
        session.Connection.Write(_endsWithCrLf ? ".\r\n"u8 : "\r\n.\r\n"u8);
    }

    private async ValueTask ReadAsync() => _length = await message.ReadAsync(_buffer); // even while the server goes down: half a message helps nobody

    /// <summary>A dot after a lone LF is stuffed too: to clients that read lines by LF it starts a line, and alone it would end the message early.</summary>
    private void Write(WireConnection connection, ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        var before = _last;
        if (before == (byte)'\n' && octets[0] == (byte)'.')
            connection.Write("."u8);
        _last = octets[^1];
        _endsWithCrLf = _last == (byte)'\n' && (octets.Length > 1 ? octets[^2] : before) == (byte)'\r';
        while (octets.IndexOf("\n."u8) is >= 0 and var found)
        {
            connection.Write(octets[..(found + 2)]);
            connection.Write("."u8);
            octets = octets[(found + 2)..];
        }
        connection.Write(octets);
    }
}
