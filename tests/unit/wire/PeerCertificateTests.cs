using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Unit.Tests.Wire;

/// <summary>What a handshake tells of its two ends: the client's certificate and the binding to ours.</summary>
public sealed class PeerCertificateTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly CertificateAuthority _authority = new();
    private readonly ConnectionDeadlines _deadlines = new(TimeProvider.System);
    private readonly string _folder = Scratch.NewFolder("peer");

    public void Dispose()
    {
        _deadlines.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_our_authority_is_seen()
    {
        using var client = _authority.Issue(["alice@ours.example"]);
        Assert.Equal(client.Thumbprint, await PeerAsync(client, _authority.WritePem(_folder)));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_welcome() => Assert.Null(await PeerAsync(null, _authority.WritePem(_folder)));

    [Fact]
    public async Task Without_authorities_nobody_is_asked()
    {
        using var client = _authority.Issue(["alice@ours.example"]);
        Assert.Null(await PeerAsync(client, authorities: null));
    }

    [Theory]
    [InlineData(CertificateAuthority.ClientAuthentication, -1)]
    [InlineData(CertificateAuthority.ServerAuthentication, 10)]
    public async Task An_expired_one_and_one_for_servers_are_as_none(string usage, int daysLeft)
    {
        using var client = _authority.Issue(["alice@ours.example"], usage, daysLeft);
        Assert.Null(await PeerAsync(client, _authority.WritePem(_folder)));
    }

    [Fact]
    public async Task One_of_a_stranger_is_as_none()
    {
        using var stranger = new CertificateAuthority();
        using var client = stranger.Issue(["alice@ours.example"]);
        Assert.Null(await PeerAsync(client, _authority.WritePem(_folder)));
    }

    /// <summary>.NET's own client computes the binding independently; its token has the binding's name before the hash.</summary>
    [Fact]
    public async Task Both_ends_have_one_binding()
    {
        byte[]? ours = null;
        byte[]? theirs = null;
        await ConnectAsync(null, null, (connection, client) =>
        {
            ours = connection.ServerEndPoint;
            var token = client.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)!;
            theirs = new byte[token.Size];
            System.Runtime.InteropServices.Marshal.Copy(token.DangerousGetHandle(), theirs, 0, token.Size);
        });
        Assert.Equal(32, ours!.Length);
        Assert.Equal(ours, theirs![^32..]);
    }

    [Fact]
    public void The_binding_has_the_hash_of_the_signature_or_none()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var sha384 = new CertificateRequest("CN=a", ec, HashAlgorithmName.SHA384).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(SHA384.HashData(sha384.RawData), ServerEndPointBinding.Of(sha384));
        using var rsa = RSA.Create(2048);
        using var sha512 = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(SHA512.HashData(sha512.RawData), ServerEndPointBinding.Of(sha512));
        using var pss = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pss).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Null(ServerEndPointBinding.Of(pss));
    }

    [Theory]
    [InlineData("missing.pem")]
    [InlineData("empty.pem")]
    public void A_file_without_authorities_stops_the_start(string name)
    {
        File.WriteAllText(Path.Combine(_folder, "empty.pem"), "");
        var failure = Assert.Throws<SettingException>(() => new ClientAuthorities(Options(Path.Combine(_folder, name))));
        Assert.Contains("MAILMESH__TLS__CLIENTAUTHORITIES", failure.Message, StringComparison.Ordinal);
    }

    private async Task<string?> PeerAsync(X509Certificate2? client, string? authorities)
    {
        string? peer = null;
        await ConnectAsync(client, authorities, (connection, _) => peer = connection.PeerCertificate?.Thumbprint);
        return peer;
    }

    private async Task ConnectAsync(X509Certificate2? certificate, string? authorities, Action<WireConnection, SslStream> look)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var endPoint = new IPEndPoint(IPAddress.Loopback, 1);
        await using var connection = new WireConnection(new Duplex(toServer.Reader, toClient.Writer), endPoint, endPoint, _deadlines);
        await using var client = new SslStream(new PipeStream(new Duplex(toClient.Reader, toServer.Writer)), leaveInnerStreamOpen: false);
        var handshake = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, server, _, _) => server is not null,
            ClientCertificates = certificate is null ? null : [certificate],
        });
        await Task.WhenAll(new ServerCertificate(Options(authorities)).HandshakeAsync(connection, "submission", isForUsers: true), handshake).WaitAsync(Limit);
        // The first octets through TLS: a client's certificate arrives behind its own end of the handshake.
        await client.WriteAsync("NOOP\r\n"u8.ToArray());
        Assert.Equal("NOOP", (await connection.ReadLineAsync(100, Limit)).Text);
        look(connection, client);
    }

    private MailMeshOptions Options(string? authorities) => MailMeshOptions.From(new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?> { ["Data"] = _folder, ["Hostname"] = "mx.ours.example", ["Tls:ClientAuthorities"] = authorities }).Build());

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
