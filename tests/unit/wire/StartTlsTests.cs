using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Wire;

public sealed class StartTlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly ConnectionDeadlines _deadlines = new(TimeProvider.System);
    private WireConnection _connection = null!;

    public Task InitializeAsync()
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, 1);
        _connection = new WireConnection(new Duplex(_toServer.Reader, _toClient.Writer), endPoint, endPoint, _deadlines);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        _deadlines.Dispose();
    }

    /// <summary>A quick client's handshake may be here before we come to wait for it: it must not be taken for something injected in clear.</summary>
    [Fact]
    public async Task A_handshake_that_is_there_before_we_look_is_kept_and_what_was_injected_is_not()
    {
        await _toServer.Writer.WriteAsync("STARTTLS\r\nMAIL FROM:<injected@b.example>\r\n"u8.ToArray());
        Assert.Equal("STARTTLS", (await _connection.ReadLineAsync(100, Limit)).Text);
        _connection.DropBuffered();
        _connection.Write("220 go ahead\r\n");
        await _connection.FlushAsync(Limit);

        var reply = await _toClient.Reader.ReadAsync();
        Assert.Equal("220 go ahead\r\n", Encoding.ASCII.GetString(reply.Buffer));
        _toClient.Reader.AdvanceTo(reply.Buffer.End);
        await using var client = new SslStream(new PipeStream(new Duplex(_toClient.Reader, _toServer.Writer)), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        var handshake = client.AuthenticateAsClientAsync("localhost");
        var hello = await _toServer.Reader.ReadAsync().AsTask().WaitAsync(Limit);
        Assert.Equal(0x16, hello.Buffer.FirstSpan[0]); // a handshake record, whole in the pipe already
        _toServer.Reader.AdvanceTo(hello.Buffer.Start);

        using var certificate = SelfSigned();
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate };
        await Task.WhenAll(_connection.StartTlsAsync(_ => options, Limit), handshake).WaitAsync(Limit);
        await client.WriteAsync("EHLO a.example\r\n"u8.ToArray());
        Assert.Equal("EHLO a.example", (await _connection.ReadLineAsync(100, Limit)).Text);
    }

    /// <summary>What .NET throws at them would be told as a bug of ours, by as many lines as a stranger likes.</summary>
    [Theory]
    [InlineData("16030100050200000100")] // a handshake record with a ServerHello
    [InlineData("15030100020228")] // an alert
    [InlineData("17030300056162636465")] // data
    [InlineData("14030100010101")] // a change of ciphers
    [InlineData("160301000401000000")] // a ClientHello that is empty
    [InlineData("1603010000")] // a handshake record that is empty
    [InlineData("802e0100026161616161616161616161616161616161616161616161616161616161616161616161616161616161616161")] // SSL 2
    [InlineData("474554202f20485454502f312e300d0a0d0a")] // HTTP
    public async Task What_is_no_ClientHello_fails_as_a_handshake_does(string octets)
    {
        await _toServer.Writer.WriteAsync(Convert.FromHexString(octets));
        await _toServer.Writer.CompleteAsync();
        using var certificate = SelfSigned();
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _connection.StartTlsAsync(_ => options, Limit).WaitAsync(Limit));
        Assert.True(failure is AuthenticationException or IOException, failure.ToString());
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
