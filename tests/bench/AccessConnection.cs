using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailMesh.Bench;

/// <summary>One IMAP client over a blocking socket: it costs the machine little, so that the servers have it.</summary>
internal sealed class AccessConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private int _tag;

    public AccessConnection(int port, string user, string password)
    {
        _socket.Connect(IPAddress.Loopback, port);
        ReadLine();
        Run($"LOGIN {user} {password}");
    }

    /// <summary>Commands that were answered OK.</summary>
    public int Commands { get; private set; }

    /// <summary>Sends a command and reads to its tagged OK.</summary>
    public void Run(string command)
    {
        var tag = Send(command);
        Expect($"{tag} OK");
    }

    /// <summary>APPENDs to INBOX, the literal without waiting.</summary>
    public void Append(ReadOnlySpan<byte> message)
    {
        var tag = Send($"APPEND INBOX (\\Seen) {{{message.Length}+}}");
        _socket.Send(message);
        _socket.Send("\r\n"u8);
        Expect($"{tag} OK");
    }

    public void Dispose() => _socket.Dispose();

    private string Send(string command)
    {
        var tag = $"t{++_tag}";
        _socket.Send(Encoding.ASCII.GetBytes($"{tag} {command}\r\n"));
        return tag;
    }

    private void Expect(string start)
    {
        var expected = Encoding.ASCII.GetBytes(start);
        while (true)
        {
            var line = ReadLine();
            if (line.StartsWith(expected))
            {
                Commands++;
                return;
            }
            if (line.Length > 0 && line[0] == (byte)'t')
                throw new InvalidOperationException($"Expected {start}, got: {Encoding.ASCII.GetString(line)}");
            SkipLiteral(line);
        }
    }

    /// <summary>Where the line ends in {n}, n octets follow that are no line.</summary>
    private void SkipLiteral(ReadOnlySpan<byte> line)
    {
        var open = line.LastIndexOf((byte)'{');
        if (open < 0 || line[^1] != (byte)'}' || !int.TryParse(line[(open + 1)..^1], out var octets))
            return;
        while (octets > 0)
        {
            if (_start == _end)
                Fill();
            var taken = Math.Min(octets, _end - _start);
            (_start, octets) = (_start + taken, octets - taken);
        }
    }

    /// <summary>Valid until the next read.</summary>
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
            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _socket.Receive(_buffer.AsSpan(_end));
        if (read == 0)
            throw new IOException("The server closed the connection.");
        _end += read;
    }
}
