using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Testing;

/// <summary>A TCP proxy on loopback before an engine, for what an engine cannot be told to do itself: be slow, or refuse.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private TimeSpan _delay;
    private bool _refusing;

    private TcpProxy(int targetPort)
    {
        _target = new IPEndPoint(IPAddress.Loopback, targetPort);
        Port = ServerPorts.Find().First;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Listens at once.</summary>
    public static TcpProxy To(int port) => new(port);

    /// <summary>Holds back every piece of the answers for so long.</summary>
    public void Delay(TimeSpan delay) => _delay = delay;

    /// <summary>Resets every connection, open or new.</summary>
    public void Refuse()
    {
        _refusing = true;
        foreach (var socket in _open.Keys)
            Reset(socket);
    }

    /// <summary>Passes everything at once again.</summary>
    public void Pass()
    {
        _delay = TimeSpan.Zero;
        _refusing = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        foreach (var socket in _open.Keys)
            Reset(socket);
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One client that gave up, or the end: the condition above tells.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open[client] = _open[server] = true;
        try
        {
            if (_refusing)
                return;
            await server.ConnectAsync(_target, _stopping.Token);
            await Task.WhenAny(PumpAsync(client, server, slow: false), PumpAsync(server, client, slow: true));
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The engine is away: the client sees a reset, as it would without us.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            Reset(client);
            Reset(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool slow)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, _stopping.Token) is var octets and > 0)
            {
                if (slow && _delay > TimeSpan.Zero)
                    await Task.Delay(_delay, _stopping.Token);
                for (var sent = 0; sent < octets;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, octets - sent), SocketFlags.None, _stopping.Token);
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side closed: both go.
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, 0);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
        socket.Dispose();
    }
}
