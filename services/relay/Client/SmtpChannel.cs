using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace MailMesh.Relay.Client;

/// <summary>The connection to a server: replies in, commands out, each wait with its time-out, TLS over it when asked.</summary>
internal sealed class SmtpChannel : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended;
    private readonly ITimer _timer;
    private readonly SmtpReplyParser _parser = new();
    private Stream _stream;
    private PipeReader _reader;
    private PipeWriter _writer;
    private bool _timedOut;

    /// <param name="stream">The transport; disposed with the channel.</param>
    /// <param name="clock">Clock of the time-outs.</param>
    /// <param name="abort">Ends every wait at once.</param>
    public SmtpChannel(Stream stream, TimeProvider clock, CancellationToken abort)
    {
        _ended = CancellationTokenSource.CreateLinkedTokenSource(abort);
        _timer = clock.CreateTimer(_ => TimeOut(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stream = stream;
        (_reader, _writer) = Pipes(stream);
    }

    public PipeWriter Output => _writer;

    /// <summary>Protocol and cipher, as in 'TLSv1.3 TLS_AES_256_GCM_SHA384'; null in clear.</summary>
    public string? Tls { get; private set; }

    /// <exception cref="SmtpFaultException">The connection ended, the server was silent, or it does not speak SMTP.</exception>
    public Task<SmtpReply> ReadReplyAsync(SmtpStage stage, TimeSpan timeout) => GuardAsync(stage, timeout, ReadReplyAsync);

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _writer);

    /// <exception cref="SmtpFaultException">The connection ended, or the server reads nothing.</exception>
    public Task FlushAsync(SmtpStage stage, TimeSpan timeout) => GuardAsync(stage, timeout, async token => (await _writer.FlushAsync(token)).IsCompleted);

    /// <summary>Puts TLS over the connection; what came in clear after the go-ahead is thrown away (CVE-2011-0411).</summary>
    /// <exception cref="SmtpFaultException">The handshake failed.</exception>
    public Task StartTlsAsync(SslClientAuthenticationOptions options, TimeSpan timeout) => GuardAsync(SmtpStage.StartTls, timeout, async token =>
    {
        await _reader.CompleteAsync();
        await _writer.CompleteAsync();
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        (_reader, _writer) = Pipes(tls);
        await tls.AuthenticateAsClientAsync(options, token);
        Tls = $"{Name(tls.SslProtocol)} {tls.NegotiatedCipherSuite}";
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await CompleteAsync();
        await _stream.DisposeAsync();
        _ended.Dispose();
    }

    private async Task CompleteAsync()
    {
        try
        {
            await _reader.CompleteAsync();
            await _writer.CompleteAsync(new OperationCanceledException()); // what was not flushed is not wanted
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            // The server is gone: there is nobody to send the rest to.
        }
    }

    private async Task<SmtpReply> ReadReplyAsync(CancellationToken token)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(token);
            var buffer = result.Buffer;
            if (_parser.TryParse(ref buffer, out var reply))
            {
                _reader.AdvanceTo(buffer.Start);
                return reply;
            }
            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                throw new EndOfStreamException("the server closed the connection");
        }
    }

    private async Task<T> GuardAsync<T>(SmtpStage stage, TimeSpan timeout, Func<CancellationToken, Task<T>> work)
    {
        _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await work(_ended.Token);
        }
        catch (OperationCanceledException) when (_timedOut)
        {
            throw new SmtpFaultException(stage, "4.4.2", $"Timed out {During(stage)}");
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            throw new SmtpFaultException(stage, "4.3.2", $"The relay stopped {During(stage)}");
        }
        catch (AuthenticationException failure)
        {
            throw new SmtpFaultException(stage, "4.7.5", $"TLS failed: {failure.Message}", inner: failure);
        }
        catch (FormatException failure)
        {
            throw new SmtpFaultException(stage, "4.5.0", $"{failure.Message} {During(stage)}", inner: failure);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            throw new SmtpFaultException(stage, "4.4.2", $"Connection lost {During(stage)}: {failure.Message}", inner: failure);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void TimeOut()
    {
        _timedOut = true;
        _ended.Cancel();
    }

    private static bool IsLoss(Exception failure) => failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException;

    private static string During(SmtpStage stage) => stage switch
    {
        SmtpStage.Connect => "while connecting",
        SmtpStage.Greeting => "before the greeting",
        SmtpStage.Hello => "at EHLO",
        SmtpStage.StartTls => "at STARTTLS",
        SmtpStage.Auth => "at AUTH",
        SmtpStage.Mail => "at MAIL FROM",
        SmtpStage.Rcpt => "at RCPT TO",
        SmtpStage.Data => "at DATA",
        SmtpStage.Content => "while sending the message",
        _ => "after the final dot",
    };

    private static string Name(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        var other => other.ToString(),
    };

    private static (PipeReader, PipeWriter) Pipes(Stream stream) =>
        (PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: 32 * 1024, leaveOpen: true)));
}
