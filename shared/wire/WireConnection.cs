using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailMesh.Wire;

/// <summary>
/// One client of a line-based mail protocol: buffered lines in, replies out, TLS when the session asks for it, and a
/// deadline on every wait for the client. Runs on any <see cref="IDuplexPipe"/>, so that a session's test needs no socket.
/// </summary>
public sealed class WireConnection : IAsyncDisposable
{
    private readonly ConnectionDeadlines _deadlines;
    private readonly Action _abort;
    private IDuplexPipe _transport;
    private GatheredOutput _output;
    private SslStream? _tls;
    private DeflatedTransport? _deflated;
    private bool _isPeerTrusted;
    private SequencePosition? _consumed;
    private SequencePosition _examined;
    private long _readDeadline;
    private long _flushDeadline;
    private long _timedOutAt;
    private long _dropped;

    /// <param name="transport">Bytes from and to the client.</param>
    /// <param name="remote">The client's address.</param>
    /// <param name="local">Our address the client reached.</param>
    /// <param name="deadlines">Watches this connection's waits.</param>
    /// <param name="abort">Cuts the transport at once, for a client that reads nothing.</param>
    public WireConnection(IDuplexPipe transport, IPEndPoint remote, IPEndPoint local, ConnectionDeadlines deadlines, Action? abort = null)
    {
        _transport = transport;
        _output = new GatheredOutput(transport.Output);
        _deadlines = deadlines;
        _abort = abort ?? (() => transport.Input.CancelPendingRead());
        Remote = remote;
        Local = local;
        deadlines.Add(this);
    }

    /// <summary>The client: a trusted peer may name another than itself.</summary>
    public IPEndPoint Remote { get; set; }

    public IPEndPoint Local { get; set; }

    /// <summary>Replies; flushed by <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => _output;

    public bool IsTls => _tls is not null;

    public bool IsDeflated => _deflated is not null;

    /// <summary>As metrics name it: 1.2 or 1.3; null in clear.</summary>
    public string? TlsVersion => _tls is null ? null : TlsName()["TLSv".Length..];

    /// <summary>Protocol and cipher, as in 'TLSv1.3 TLS_AES_256_GCM_SHA384'; null in clear.</summary>
    public string? TlsDescription => _tls is null ? null : $"{TlsName()} {_tls.NegotiatedCipherSuite}";

    /// <summary>The client's certificate, where one was asked for and was found good by the policy of the handshake's options.</summary>
    public X509Certificate2? PeerCertificate => _isPeerTrusted ? _tls?.RemoteCertificate as X509Certificate2 : null;

    /// <summary>RFC 5929 §4, tls-server-end-point: the hash of our certificate in this handshake; null in clear, and for a signature without a hash of its own.</summary>
    public byte[]? ServerEndPoint => _tls?.LocalCertificate is X509Certificate2 certificate ? ServerEndPointBinding.Of(certificate) : null;

    /// <summary>Octets of a line that is too long which are read for its end; past it the line is <see cref="LineStatus.Endless"/>.</summary>
    public long MaxDroppedOctets { get; set; } = long.MaxValue;

    /// <summary>The client takes no more: what is written from now on reaches nobody.</summary>
    public bool IsOutputClosed { get; private set; }

    /// <summary>Moment, in <see cref="ConnectionDeadlines.Now"/> milliseconds, at which a wait for the client ends; 0 while none.</summary>
    /// <remarks>A session that pushes news, as IMAP IDLE does, flushes while it waits for a read: each wait has its own deadline.</remarks>
    internal long Deadline => (_readDeadline, _flushDeadline) switch
    {
        (var read, 0) => read,
        (0, var flush) => flush,
        var (read, flush) => Math.Min(read, flush),
    };

    /// <summary>
    /// Waits for octets from the client. The caller must advance the reader by <see cref="AdvanceTo"/> before its next read.
    /// </summary>
    /// <param name="timeout">How long the client may be silent.</param>
    /// <exception cref="ClientTimeoutException">The client was silent for longer.</exception>
    public async ValueTask<ReadResult> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ReleaseLine();
        if (_transport.Input.TryRead(out var ready))
            return Checked(ready);
        _readDeadline = _deadlines.After(timeout);
        try
        {
            return Checked(await _transport.Input.ReadAsync(cancellationToken));
        }
        finally
        {
            _readDeadline = 0;
        }
    }

    /// <summary>Waits until there is something to read, or the client has gone, and takes nothing of it: meanwhile the session may push news.</summary>
    /// <exception cref="ClientTimeoutException">The client was silent for longer than <paramref name="timeout"/>.</exception>
    public async Task WaitForInputAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var result = await ReadAsync(timeout, cancellationToken);
        _transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
    }

    public void AdvanceTo(SequencePosition consumed) => _transport.Input.AdvanceTo(consumed);

    public void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _transport.Input.AdvanceTo(consumed, examined);

    /// <summary>
    /// The next line without its CRLF, valid until the next read. A lone LF ends a line too when <paramref name="lenient"/>.
    /// </summary>
    /// <param name="maxOctets">Longest line, CRLF included; a longer one is read to its end, dropped, and reported as too long.</param>
    /// <param name="timeout">For the whole line, the silence before it included: an octet now and then gains no time.</param>
    /// <exception cref="ClientTimeoutException">The line was not there within <paramref name="timeout"/>.</exception>
    public async ValueTask<WireLine> ReadLineAsync(int maxOctets, TimeSpan timeout, bool lenient = true, CancellationToken cancellationToken = default)
    {
        ReleaseLine();
        _readDeadline = _deadlines.After(timeout);
        try
        {
            byte[]? dropped = null;
            _dropped = 0;
            while (true)
            {
                // Not by ReadAsync: an idle connection would hold its state machine too.
                var result = Checked(_transport.Input.TryRead(out var ready) ? ready : await _transport.Input.ReadAsync(cancellationToken));
                if (TryTakeLine(result, maxOctets, lenient, ref dropped) is { } line)
                    return line;
            }
        }
        finally
        {
            _readDeadline = 0;
        }
    }

    /// <summary>True when octets that the client sent already wait: a pipelining client gets its replies together.</summary>
    public bool HasBufferedInput() => HasBuffered(wholeLine: false);

    /// <summary>
    /// True when a whole line that the client sent already waits: the reply to the last one need not go out alone. Unlike
    /// <see cref="HasBufferedInput"/>, half a line is none, so that its sender is not kept waiting for a reply.
    /// </summary>
    public bool HasBufferedLine() => HasBuffered(wholeLine: true);

    /// <summary>Gives back the memory of the last line: before a wait that is not for the client.</summary>
    public void ReleaseInput() => ReleaseLine();

    public void Write(ReadOnlySpan<byte> octets) => Output.Write(octets);

    /// <summary>Writes text as UTF-8.</summary>
    public void Write(string text) => Encoding.UTF8.GetBytes(text, Output);

    /// <summary>Sends what was written.</summary>
    /// <param name="timeout">How long a client that reads nothing may hold us up before the connection is cut.</param>
    public async ValueTask FlushAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var flush = Output.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            IsOutputClosed |= flush.Result.IsCompleted;
            return;
        }
        _flushDeadline = _deadlines.After(timeout);
        try
        {
            var result = await flush;
            if (result.IsCanceled)
                throw new ClientTimeoutException();
            IsOutputClosed |= result.IsCompleted;
        }
        finally
        {
            _flushDeadline = 0;
        }
    }

    /// <summary>
    /// Reads the PROXY protocol's header, which comes before anything else, and takes the client that it names for <see cref="Remote"/>. What the client itself
    /// sent behind it stays to be read.
    /// </summary>
    /// <param name="timeout">For the header whole, however its octets trickle in.</param>
    /// <exception cref="ProxyHeaderException">There is none, or not in time.</exception>
    public async Task ReadProxyHeaderAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var began = _deadlines.Clock.GetTimestamp();
        while (true)
        {
            var left = timeout - _deadlines.Clock.GetElapsedTime(began);
            var octets = await ReadForProxyHeaderAsync(left, cancellationToken);
            switch (ProxyHeader.TryParse(octets.Buffer, out var header, out var end))
            {
                case ProxyHeaderStatus.Complete:
                    AdvanceTo(end);
                    Remote = header.Source ?? Remote;
                    Local = header.Destination ?? Local;
                    return;
                case ProxyHeaderStatus.Malformed:
                    AdvanceTo(octets.Buffer.End);
                    throw new ProxyHeaderException("What the proxy sent is no PROXY header.");
                default:
                    AdvanceTo(octets.Buffer.Start, octets.Buffer.End);
                    if (octets.IsCompleted)
                        throw new IOException("The proxy closed before its header ended.");
                    break;
            }
        }
    }

    /// <summary>
    /// Throws away what the client sent in clear behind STARTTLS, so that nothing injected there is taken for the protected
    /// session (CVE-2011-0411). Called before the reply goes out: what comes after it is the client's handshake.
    /// </summary>
    public void DropBuffered()
    {
        ReleaseLine();
        if (_transport.Input.TryRead(out var buffered))
            AdvanceTo(buffered.Buffer.End);
    }

    /// <summary>Puts TLS over the connection; after <see cref="DropBuffered"/> where it was in clear before. What fails leaves a connection that can only be closed.</summary>
    /// <param name="choose">Gives the options, the certificate among them, for what the client asks for.</param>
    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    /// <exception cref="HandshakeTimeoutException">It was not done in time.</exception>
    /// <exception cref="IOException">The client went, or the service stops.</exception>
    public async Task StartTlsAsync(Func<SslClientHelloInfo, SslServerAuthenticationOptions> choose, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ReleaseLine();
#pragma warning disable CA5359 // we are the server: NotePeer judges clients, and lets none be who it is not
        var tls = new SslStream(new PipeStream(_transport), leaveInnerStreamOpen: false, NotePeer);
#pragma warning restore CA5359
        using var limit = new CancellationTokenSource(timeout, _deadlines.Clock);
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var isGreeted = false;
        try
        {
            await tls.AuthenticateAsServerAsync(Choose, null, handshake.Token);
        }
        catch (Exception failure)
        {
            await tls.DisposeAsync();
            // No word in clear may follow, as one would after the same exception within a session.
            if (failure is OperationCanceledException)
                throw limit.IsCancellationRequested ? new HandshakeTimeoutException() : new IOException("The service stopped within the TLS handshake.", failure);
            // Over a first record that is no ClientHello SslStream stumbles in ways of its own; nothing of ours has run by then.
            if (!isGreeted && failure is not (AuthenticationException or IOException))
                throw new AuthenticationException("The client sent no TLS ClientHello.", failure);
            throw;
        }
        _tls = tls;
        Use(new StreamTransport(tls));

        ValueTask<SslServerAuthenticationOptions> Choose(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken token)
        {
            isGreeted = true;
            return ValueTask.FromResult(choose(hello));
        }
    }

    /// <summary>RFC 4978 COMPRESS=DEFLATE: from here on both sides send RFC 1951 streams. What the client sent already is the start of its stream.</summary>
    public void StartDeflate()
    {
        ReleaseLine();
        Use(_deflated = new DeflatedTransport(_transport));
    }

    public async ValueTask DisposeAsync()
    {
        _deadlines.Remove(this);
        await _output.CompleteAsync();
        await _transport.Input.CompleteAsync();
        if (_deflated is not null)
            await _deflated.DisposeAsync();
        if (_tls is not null)
            await _tls.DisposeAsync();
    }

    /// <param name="now">In <see cref="ConnectionDeadlines.Now"/> milliseconds; a client that still keeps us waiting at a later one is cut off.</param>
    internal void TimeOut(long now)
    {
        var first = Interlocked.CompareExchange(ref _timedOutAt, now, 0);
        if (first == 0)
        {
            _transport.Input.CancelPendingRead();
            _output.CancelPendingFlush();
        }
        else if (now > first)
        {
            _abort();
        }
    }

    /// <summary>Replies that are to go by the transport before have been flushed.</summary>
    private void Use(IDuplexPipe transport)
    {
        _transport = transport;
        _output = new GatheredOutput(transport.Output);
    }

    /// <summary>A client without a certificate, or with one that nobody here trusts, is as welcome as it always was: it is told apart later.</summary>
    private bool NotePeer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _isPeerTrusted = certificate is not null && errors == SslPolicyErrors.None;
        return true;
    }

    private async ValueTask<ReadResult> ReadForProxyHeaderAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            return left > TimeSpan.Zero ? await ReadAsync(left, cancellationToken) : throw new ClientTimeoutException();
        }
        catch (ClientTimeoutException)
        {
            throw new ProxyHeaderException("The proxy sent no whole PROXY header in time.");
        }
    }

    /// <summary>The line that has come, the end, or null: more is needed.</summary>
    /// <param name="dropped">The start of a line that is too long.</param>
    private WireLine? TryTakeLine(in ReadResult result, int maxOctets, bool lenient, ref byte[]? dropped)
    {
        var buffer = result.Buffer;
        if (TryFindLine(buffer, lenient, out var line, out var next))
        {
            if (dropped is not null || buffer.Slice(0, next).Length > maxOctets)
            {
                dropped ??= StartOf(buffer);
                AdvanceTo(next);
                return WireLine.TooLong(dropped);
            }
            _consumed = next;
            _examined = next;
            return new WireLine(LineStatus.Complete, line);
        }
        if (result.IsCompleted)
        {
            AdvanceTo(buffer.End);
            return WireLine.End;
        }
        if (buffer.Length <= maxOctets)
        {
            AdvanceTo(buffer.Start, buffer.End);
            return null;
        }
        dropped ??= StartOf(buffer);
        _dropped += buffer.Length;
        AdvanceTo(KeepTrailingCr(buffer), buffer.End);
        return _dropped > MaxDroppedOctets ? WireLine.Endless : null;
    }

    private static byte[] StartOf(in ReadOnlySequence<byte> line) => line.Slice(0, Math.Min(line.Length, WireLine.KeptOctets)).ToArray();

    private bool HasBuffered(bool wholeLine)
    {
        ReleaseLine();
        if (!_transport.Input.TryRead(out var result))
            return false;
        var any = wholeLine ? result.Buffer.PositionOf((byte)'\n') is not null : !result.Buffer.IsEmpty;
        _transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        if (result.IsCanceled)
            _transport.Input.CancelPendingRead(); // a time-out that came between two reads is the next read's
        return any;
    }

    private void ReleaseLine()
    {
        if (_consumed is not { } consumed)
            return;
        _consumed = null;
        AdvanceTo(consumed, _examined);
    }

    private ReadResult Checked(ReadResult result)
    {
        if (!result.IsCanceled)
            return result;
        throw Volatile.Read(ref _timedOutAt) != 0 ? new ClientTimeoutException() : new OperationCanceledException();
    }

    private string TlsName() => _tls!.SslProtocol switch
    {
        System.Security.Authentication.SslProtocols.Tls13 => "TLSv1.3",
        System.Security.Authentication.SslProtocols.Tls12 => "TLSv1.2",
        var other => other.ToString(),
    };

    private static bool TryFindLine(in ReadOnlySequence<byte> buffer, bool lenient, out ReadOnlySequence<byte> line, out SequencePosition next)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, (byte)'\n'))
        {
            var end = buffer.Slice(0, reader.Consumed - 1);
            var endsWithCr = !end.IsEmpty && end.Slice(end.Length - 1).FirstSpan[0] == (byte)'\r';
            if (!endsWithCr && !lenient)
                continue;
            line = endsWithCr ? end.Slice(0, end.Length - 1) : end;
            next = reader.Position;
            return true;
        }
        line = default;
        next = default;
        return false;
    }

    private static SequencePosition KeepTrailingCr(in ReadOnlySequence<byte> buffer) =>
        buffer.Slice(buffer.Length - 1).FirstSpan[0] == (byte)'\r' ? buffer.GetPosition(buffer.Length - 1) : buffer.End;

    private sealed class StreamTransport(SslStream stream) : IDuplexPipe
    {
        // Zero-byte reads: an idle TLS connection holds no read buffer.
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16384, minimumReadSize: 2048, leaveOpen: true, useZeroByteReads: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }
}
