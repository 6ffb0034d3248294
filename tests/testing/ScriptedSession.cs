using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailMesh.Hosting;
using MailMesh.Wire;

namespace MailMesh.Testing;

/// <summary>A server session on an in-memory duplex pipe, and the client that a test drives against it.</summary>
public sealed class ScriptedSession : IAsyncDisposable
{
    /// <summary>A reply that takes longer than this is a failure of the test.</summary>
    private static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(20);

    private readonly Pipe _toServer;
    private readonly Pipe _toClient = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConnectionDeadlines _deadlines;
    private readonly PipePair _clientEnd;
    private PipeReader _input;
    private PipeWriter _output;

    private ScriptedSession(SessionDelegate session, IPEndPoint remote, TimeProvider clock, bool packets)
    {
        _toServer = new Pipe(packets ? new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1) : PipeOptions.Default);
        _deadlines = new ConnectionDeadlines(clock);
        _clientEnd = new PipePair(_toClient.Reader, _toServer.Writer);
        _input = _clientEnd.Input;
        _output = _clientEnd.Output;
        Server = Task.Run(() => ServeAsync(session, remote));
    }

    /// <summary>The client's certificate in its handshake; none by default.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The server's, once there was a handshake.</summary>
    public X509Certificate2? ServerCertificate { get; private set; }

    /// <summary>Completes when the session has ended; fails with what it failed with.</summary>
    public Task Server { get; }

    /// <param name="session">As a listener runs it.</param>
    /// <param name="remote">The client's address as the session sees it; a documentation address (RFC 5737) by default.</param>
    /// <param name="clock">Drives the session's time-outs.</param>
    /// <param name="packets">What is sent at once comes at once: the next is sent when the server has looked at it.</param>
    public static ScriptedSession Start(SessionDelegate session, IPAddress? remote = null, TimeProvider? clock = null, bool packets = false) =>
        new(session, new IPEndPoint(remote ?? IPAddress.Parse("192.0.2.1"), 40000), clock ?? TimeProvider.System, packets);

    /// <summary>Signals that the service drains.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Sends text as UTF-8.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends octets, waiting while the server reads nothing.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets) => await _output.WriteAsync(octets).AsTask().WaitAsync(ReplyLimit);

    /// <summary>Closes the client's side.</summary>
    public async Task CloseAsync() => await _output.CompleteAsync();

    /// <summary>The next line without its CRLF; null when the server has closed.</summary>
    public async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync().AsTask().WaitAsync(ReplyLimit);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(result.Buffer.Slice(0, end));
                _input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line.EndsWith('\r') ? line[..^1] : throw new InvalidDataException($"The server ended a line by a lone LF: {line}");
            }
            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
                return result.Buffer.IsEmpty ? null : throw new InvalidDataException($"The server closed within a line: {Encoding.UTF8.GetString(result.Buffer)}");
        }
    }

    /// <summary>Exactly this many octets, for a literal.</summary>
    public async Task<byte[]> ReadOctetsAsync(int count)
    {
        var result = await _input.ReadAtLeastAsync(count).AsTask().WaitAsync(ReplyLimit);
        var octets = result.Buffer.Slice(0, count).ToArray();
        _input.AdvanceTo(result.Buffer.GetPosition(count));
        return octets;
    }

    /// <summary>How many octets wait to be read once there are some; they stay.</summary>
    public async Task<long> WaitingAsync()
    {
        var result = await _input.ReadAsync().AsTask().WaitAsync(ReplyLimit);
        _input.AdvanceTo(result.Buffer.Start);
        return result.Buffer.Length;
    }

    /// <summary>What comes until the server closes.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync().AsTask().WaitAsync(ReplyLimit);
            if (result.IsCompleted)
                return result.Buffer.ToArray();
            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The client's half of a TLS handshake; any certificate will do, since the server made it itself.</summary>
    public async Task StartTlsAsync()
    {
        var tls = new SslStream(new PipeStream(_clientEnd), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = Certificate is null ? null : [Certificate] };
        await tls.AuthenticateAsClientAsync(options).WaitAsync(ReplyLimit);
        ServerCertificate = tls.RemoteCertificate as X509Certificate2;
        _input = PipeReader.Create(tls);
        _output = PipeWriter.Create(tls);
    }

    /// <summary>From here on both sides send deflated streams (RFC 4978).</summary>
    public void StartDeflate()
    {
        _input = PipeReader.Create(new DeflateStream(_input.AsStream(), CompressionMode.Decompress));
        _output = PipeWriter.Create(new DeflateStream(_output.AsStream(), CompressionLevel.Optimal));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _output.CompleteAsync();
        await Server.WaitAsync(ReplyLimit);
        _deadlines.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync(SessionDelegate session, IPEndPoint remote)
    {
        var local = new IPEndPoint(IPAddress.Parse("192.0.2.25"), 25);
        await using var connection = new WireConnection(new PipePair(_toServer.Reader, _toClient.Writer), remote, local, _deadlines);
        try
        {
            await session(connection, _stopping.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // As the listener does: the client is gone, or was silent for too long.
        }
    }

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
