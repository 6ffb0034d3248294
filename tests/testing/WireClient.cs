using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace MailMesh.Testing;

/// <summary>A line protocol over a socket, octet for octet: for tests that send what no proper client would, and for load at little cost.</summary>
public class WireClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream _stream;
    private int _start;
    private int _end;

    protected WireClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>How long a read or a write may take before it fails.</summary>
    public TimeSpan Patience { get; set; } = Wait.Long;

    public ValueTask SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async ValueTask SendAsync(ReadOnlyMemory<byte> octets)
    {
        using var expiry = new CancellationTokenSource(Patience);
        await ExpiringAsync(_stream.WriteAsync(octets, expiry.Token), expiry, $"send {octets.Length} octets");
    }

    /// <summary>Turns TLS on for the rest of the connection.</summary>
    public async Task UseTlsAsync(string hostname = "localhost")
    {
        using var expiry = new CancellationTokenSource(Patience);
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions { TargetHost = hostname, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await tls.AuthenticateAsClientAsync(options, expiry.Token);
        _stream = tls;
    }

    /// <summary>True once the server has closed the connection; what it sent before is dropped.</summary>
    public async Task<bool> IsClosedByServerAsync()
    {
        try
        {
            do
                _start = _end = 0;
            while (await FillAsync());
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (IOException)
        {
            return true; // reset, which is closed as well
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _socket.LingerState = new LingerOption(enable: false, 0);
        await _stream.DisposeAsync();
    }

    protected static async Task<Socket> OpenAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A line without its CRLF.</summary>
    /// <exception cref="IOException">The server closed the connection.</exception>
    protected async ValueTask<string> ReadLineAsync()
    {
        StringBuilder? held = null;
        while (true)
        {
            var at = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            var upTo = at < 0 ? _end : at + 1;
            var piece = Encoding.Latin1.GetString(_buffer, _start, upTo - _start);
            _start = upTo;
            if (at >= 0)
                return (held is null ? piece : held.Append(piece).ToString()).TrimEnd('\n').TrimEnd('\r');
            (held ??= new StringBuilder()).Append(piece);
            if (!await FillAsync())
                throw new IOException("The server closed the connection.");
        }
    }

    /// <summary>Exactly so many octets.</summary>
    protected async ValueTask<byte[]> ReadOctetsAsync(int count)
    {
        var octets = new byte[count];
        var have = 0;
        while (have < count)
        {
            if (_start == _end && !await FillAsync())
                throw new IOException($"The server closed the connection {count - have} octets early.");
            var take = Math.Min(count - have, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(octets.AsSpan(have));
            _start += take;
            have += take;
        }
        return octets;
    }

    private static async ValueTask ExpiringAsync(ValueTask work, CancellationTokenSource expiry, string what)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited in vain to {what}.");
        }
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_start == _end)
            _start = _end = 0;
        using var expiry = new CancellationTokenSource(Patience);
        try
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), expiry.Token);
            _end += read;
            return read > 0;
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for the server to say something.");
        }
    }
}
