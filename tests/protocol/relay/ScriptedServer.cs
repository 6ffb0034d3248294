using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailMesh.Protocol.Tests;

/// <summary>A server that follows a transcript, for tests of a client.</summary>
/// <remarks>
/// <code>
/// S: text   the server sends the line; consecutive S lines go out in one write
/// S~ text   as S, without CRLF and with \r \n
/// C: text   the client's next line is this
/// C/ text   the client's next line contains this
/// TLS       the server's half of a handshake
/// CLOSE     the server closes
/// END       the client has closed
/// </code>
/// </remarks>
internal sealed class ScriptedServer(Stream stream)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static readonly X509Certificate2 Certificate = MakeCertificate();

    private readonly StringBuilder _log = new();
    private readonly StringBuilder _pending = new();
    private Stream _stream = stream;

    /// <summary>Follows the transcript to its end.</summary>
    /// <exception cref="InvalidDataException">The client did something else; the text shows the exchange.</exception>
    public async Task RunAsync(string transcript)
    {
        foreach (var line in transcript.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0))
            await StepAsync(line).WaitAsync(Limit);
        await SendAsync();
    }

    private async Task StepAsync(string line)
    {
        var text = line.Length > 3 ? line[3..] : "";
        if (line.StartsWith("S:", StringComparison.Ordinal))
            _pending.Append(text).Append("\r\n");
        else if (line.StartsWith("S~", StringComparison.Ordinal))
            _pending.Append(text.Replace("\\r", "\r").Replace("\\n", "\n"));
        else
            await ActAsync(line, text);
        _log.Append(line).Append('\n');
    }

    private async Task ActAsync(string line, string text)
    {
        await SendAsync();
        if (line.StartsWith("C:", StringComparison.Ordinal))
            Check(await ReadLineAsync(), got => got == text, text);
        else if (line.StartsWith("C/", StringComparison.Ordinal))
            Check(await ReadLineAsync(), got => got?.Contains(text, StringComparison.Ordinal) == true, text);
        else if (line == "TLS")
            await StartTlsAsync();
        else if (line == "CLOSE")
            await _stream.DisposeAsync();
        else if (line == "END")
            Check(await ReadLineAsync(), got => got is null, "(closed)");
        else
            throw new FormatException(line);
    }

    private void Check(string? got, Func<string?, bool> holds, string expected)
    {
        if (!holds(got))
            throw new InvalidDataException($"Expected of the client: {expected}\nIt sent: {got ?? "(closed)"}\nThe exchange:\n{_log}");
    }

    private async Task SendAsync()
    {
        if (_pending.Length == 0)
            return;
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(_pending.ToString()));
        _pending.Clear();
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            if (await _stream.ReadAsync(one) == 0)
                return line.Count == 0 ? null : throw new InvalidDataException("The client closed within a line");
            line.Add(one[0]);
        }
        return Encoding.UTF8.GetString([.. line[..^2]]);
    }

    private async Task StartTlsAsync()
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(Certificate);
        _stream = tls;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mx.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
