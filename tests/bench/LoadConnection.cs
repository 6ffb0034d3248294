using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Bench;

/// <summary>One SMTP client over a blocking socket: it costs the machine little, so that the servers have it.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    public LoadConnection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        Expect(220);
        _socket.Send("EHLO client.example\r\n"u8);
        Expect(250);
    }

    /// <summary>A message in one transaction, its commands pipelined (RFC 2920).</summary>
    /// <param name="commands">MAIL, RCPT and DATA.</param>
    /// <param name="message">With its end of data.</param>
    /// <returns>From the last octet sent to the reply.</returns>
    public TimeSpan Send(ReadOnlySpan<byte> commands, ReadOnlySpan<byte> message)
    {
        _socket.Send(commands);
        Expect(250);
        Expect(250);
        Expect(354);
        _socket.Send(message);
        var sent = Stopwatch.GetTimestamp();
        Expect(250);
        return Stopwatch.GetElapsedTime(sent);
    }

    public void Dispose() => _socket.Dispose();

    private void Expect(int code)
    {
        while (true)
        {
            var line = ReadLine();
            if (line.Length < 3 || (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0') != code)
                throw new InvalidOperationException($"Expected {code}, got: {System.Text.Encoding.ASCII.GetString(line)}");
            if (line.Length == 3 || line[3] != '-')
                return;
        }
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        while (true)
        {
            var at = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            if (at >= 0)
            {
                var line = _buffer.AsSpan(_start, at - _start).TrimEnd((byte)'\r');
                _start = at + 1;
                return line;
            }
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _socket.Receive(_buffer.AsSpan(_end));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            _end += read;
        }
    }
}
