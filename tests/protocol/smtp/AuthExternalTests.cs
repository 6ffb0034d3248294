using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailMesh.Bans;
using MailMesh.Hosting;
using MailMesh.Testing;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>AUTH EXTERNAL: the client's certificate says who it is.</summary>
public sealed class AuthExternalTests : SmtpTest, IDisposable
{
    private static readonly string EhloWithCertificate = EhloUnderTls.Replace("PLAIN LOGIN", "PLAIN LOGIN EXTERNAL", StringComparison.Ordinal);

    private readonly CertificateAuthority _authority = new();

    public AuthExternalTests(SmtpDirectory directory)
        : base(directory)
    {
        var folder = Scratch.NewFolder("external");
        var settings = new Dictionary<string, string?> { ["Data"] = folder, ["Hostname"] = "mx.ours.example", ["Tls:ClientAuthorities"] = _authority.WritePem(folder) };
        Certificate = new ServerCertificate(MailMeshOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
    }

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("EXTERNAL =")]
    [InlineData("EXTERNAL YWxpY2VAb3Vycy5leGFtcGxl")] // alice@ours.example
    public async Task The_certificate_names_the_account(string auth)
    {
        using var certificate = _authority.Issue(["alice@ours.example"]);
        await RunAsync(certificate, EhloWithCertificate + $"""
            C: AUTH {auth}
            S: 235 2.7.0 Authentication successful
            C: MAIL FROM:<alice@ours.example>
            S: 250 2.1.0 …
            """);
    }

    [Fact]
    public async Task Of_several_names_the_client_chooses()
    {
        using var certificate = _authority.Issue(["alice@ours.example", "bob@ours.example"]);
        await RunAsync(certificate, EhloWithCertificate + $"""
            C: AUTH EXTERNAL
            S/ ^334 $
            C: {Base64("Bob@ours.example")}
            S: 235 2.7.0 Authentication successful
            C: MAIL FROM:<bob@ours.example>
            S: 250 2.1.0 …
            """);
    }

    [Theory]
    [InlineData("bob@ours.example", "alice@ours.example")]
    [InlineData("nobody@ours.example", "")]
    [InlineData("sales@ours.example", "")]
    [InlineData("alice@elsewhere.example", "")]
    public async Task A_name_that_is_none_of_ours_or_another(string named, string wanted)
    {
        using var certificate = _authority.Issue([named]);
        await RunAsync(certificate, EhloWithCertificate + $"""
            C: AUTH EXTERNAL {(wanted.Length == 0 ? "=" : Base64(wanted))}
            S: 535 5.7.8 …
            C: MAIL FROM:<alice@ours.example>
            S: 530 5.7.0 …
            """);
    }

    [Fact]
    public Task Without_a_certificate_it_is_not_there() => RunAsync(null, EhloUnderTls + $"""
        C: AUTH EXTERNAL {Base64("alice@ours.example")}
        S: 504 5.5.4 …
        C: AUTH PLAIN {Base64("\0alice@ours.example\0wonderland")}
        S: 235 2.7.0 …
        """);

    [Fact]
    public async Task Nor_with_one_that_has_expired_or_names_no_address_or_comes_from_a_stranger()
    {
        using var stranger = new CertificateAuthority();
        using var expired = _authority.Issue(["alice@ours.example"], daysLeft: -1);
        using var nameless = _authority.Issue([]);
        using var foreign = stranger.Issue(["alice@ours.example"]);
        foreach (var certificate in new[] { expired, nameless, foreign })
        {
            await RunAsync(certificate, EhloUnderTls + """
                C: AUTH EXTERNAL =
                S: 504 5.5.4 …
                """);
        }
    }

    [Fact]
    public async Task It_is_there_after_STARTTLS_too()
    {
        using var certificate = _authority.Issue(["alice@ours.example"]);
        await using var session = Connect("submission");
        session.Certificate = certificate;
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: STARTTLS
            S: 220 2.0.0 …
            """ + "\n" + EhloWithCertificate.Replace("S: 220 …", "", StringComparison.Ordinal) + """
            C: AUTH EXTERNAL =
            S: 235 2.7.0 …
            """);
    }

    /// <summary>Other servers have certificates too; at the MX port nobody asks for them.</summary>
    [Fact]
    public async Task On_the_mx_port_nobody_is_asked()
    {
        using var certificate = _authority.Issue(["alice@ours.example"]);
        await using var session = Connect();
        session.Certificate = certificate;
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: STARTTLS
            S: 220 2.0.0 …
            TLS
            """);
        Assert.DoesNotContain(await CapabilitiesAsync(session), capability => capability.StartsWith("AUTH", StringComparison.Ordinal));
        await script.RunAsync("""
            C: AUTH EXTERNAL =
            S: 502 5.5.1 …
            """);
    }

    [Fact]
    public async Task Failures_are_counted_and_banned()
    {
        Bans = new BanOptions { Failures = 1 };
        using var certificate = _authority.Issue(["nobody@ours.example", "bob@ours.example"]);
        await using var session = Connect("submissions", IPAddress.Parse("203.0.113.127"));
        session.Certificate = certificate;
        await new ProtocolScript(session).RunAsync(EhloWithCertificate + $"""
            C: AUTH EXTERNAL =
            S: 535 5.7.8 …
            C: AUTH EXTERNAL {Base64("bob@ours.example")}
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
    }

    private async Task RunAsync(X509Certificate2? certificate, string transcript)
    {
        await using var session = Connect("submissions");
        session.Certificate = certificate;
        await new ProtocolScript(session).RunAsync(transcript);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
