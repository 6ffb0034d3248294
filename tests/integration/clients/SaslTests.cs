using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>Each mechanism by clients that we did not write, on every protocol that has users.</summary>
public sealed class SaslTests(SaslServerFixture fixture) : IClassFixture<SaslServerFixture>
{
    private readonly RunningServer _server = fixture.Server;

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-256-PLUS")]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task MailKit(string name)
    {
        var account = await _server.NewAccountAsync("sasl");
        using var smtp = new SmtpClient();
        await ConnectAsync(smtp, _server.Ports.Submission, SecureSocketOptions.StartTls);
        Assert.Contains(name, smtp.AuthenticationMechanisms);
        await smtp.AuthenticateAsync(Mechanism(name, account, MailServer.Password));
        Assert.True(smtp.IsAuthenticated);

        using var imap = new ImapClient();
        await ConnectAsync(imap, _server.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        Assert.Contains(name, imap.AuthenticationMechanisms);
        await imap.AuthenticateAsync(Mechanism(name, account, MailServer.Password));
        Assert.Equal(FolderAccess.ReadWrite, await imap.Inbox!.OpenAsync(FolderAccess.ReadWrite));

        using var pop = new Pop3Client();
        await ConnectAsync(pop, _server.Ports.Pop3, SecureSocketOptions.StartTls);
        Assert.Contains(name, pop.AuthenticationMechanisms);
        await pop.AuthenticateAsync(Mechanism(name, account, MailServer.Password));
        Assert.Equal(0, pop.Count);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-256-PLUS")]
    [InlineData("OAUTHBEARER")]
    [InlineData("XOAUTH2")]
    public async Task MailKit_with_what_is_wrong(string name)
    {
        var account = await _server.NewAccountAsync("sasl");
        using var smtp = new SmtpClient();
        await ConnectAsync(smtp, _server.Ports.Submissions, SecureSocketOptions.SslOnConnect);
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => smtp.AuthenticateAsync(Mechanism(name, account, "wrong")));
        using var imap = new ImapClient();
        await ConnectAsync(imap, _server.Ports.Imap, SecureSocketOptions.StartTls);
        await Assert.ThrowsAnyAsync<AuthenticationException>(() => imap.AuthenticateAsync(Mechanism(name, account, "wrong")));
        using var pop = new Pop3Client();
        await ConnectAsync(pop, _server.Ports.Pop3s, SecureSocketOptions.SslOnConnect);
        // On POP3 MailKit expects no challenge that explains why a token is refused, and speaks of the protocol then.
        await Assert.ThrowsAnyAsync<Exception>(() => pop.AuthenticateAsync(Mechanism(name, account, "wrong")));
        Assert.False(pop.IsAuthenticated);
    }

    /// <summary>PLAIN and LOGIN take it; SCRAM cannot, since nobody knows beforehand which of an account's passwords a client has.</summary>
    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task MailKit_with_an_application_password(string name)
    {
        var account = await _server.NewAccountAsync("sasl");
        var said = (await _server.CliAsync("app-password", "add", account, "Phone")).Expect();
        var password = said.Text.Split(' ')[0].Trim();
        using var smtp = new SmtpClient();
        await ConnectAsync(smtp, _server.Ports.Submission, SecureSocketOptions.StartTls);
        await smtp.AuthenticateAsync(Mechanism(name, account, password));
        using var imap = new ImapClient();
        await ConnectAsync(imap, _server.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        await imap.AuthenticateAsync(Mechanism(name, account, password));
        using var pop = new Pop3Client();
        await ConnectAsync(pop, _server.Ports.Pop3, SecureSocketOptions.StartTls);
        await pop.AuthenticateAsync(Mechanism(name, account, password));
        Assert.True(smtp.IsAuthenticated && imap.IsAuthenticated && pop.IsAuthenticated);
    }

    /// <summary>The client chooses: what it takes for the strongest must work.</summary>
    [Fact]
    public async Task MailKit_by_its_own_choice()
    {
        var account = await _server.NewAccountAsync("sasl");
        using var smtp = new SmtpClient();
        await ConnectAsync(smtp, _server.Ports.Submission, SecureSocketOptions.StartTls);
        await smtp.AuthenticateAsync(account, MailServer.Password);
        using var imap = new ImapClient();
        await ConnectAsync(imap, _server.Ports.Imap, SecureSocketOptions.StartTls);
        await imap.AuthenticateAsync(account, MailServer.Password);
        Assert.True(smtp.IsAuthenticated && imap.IsAuthenticated);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_with_a_certificate(bool implicitTls)
    {
        var account = await _server.NewAccountAsync("sasl");
        using var certificate = fixture.Authority.Issue([account]);
        var pem = Path.Combine(Scratch.NewFolder("curl"), "client.pem");
        await File.WriteAllTextAsync(pem, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        var smtp = implicitTls ? $"smtps://127.0.0.1:{_server.Ports.Submissions}/client.example" : $"smtp://127.0.0.1:{_server.Ports.Submission}/client.example";
        var message = SampleMessages.Plain($"external-{implicitTls}@client.example", from: account);
        (await CurlAsync(account, pem, message, smtp, "--mail-from", account, "--mail-rcpt", account, "--upload-file", "-")).Expect();
        await _server.SettleAsync();
        var imap = implicitTls ? $"imaps://127.0.0.1:{_server.Ports.Imaps}" : $"imap://127.0.0.1:{_server.Ports.Imap}";
        Assert.EndsWith(System.Text.Encoding.ASCII.GetString(message), (await CurlAsync(account, pem, null, $"{imap}/INBOX;MAILINDEX=1")).Expect().Text, StringComparison.Ordinal);
    }

    /// <summary>GNU SASL, by way of mutt.</summary>
    [Fact]
    public async Task Mutt_by_SCRAM()
    {
        var account = await _server.NewAccountAsync("sasl");
        var folder = Scratch.NewFolder("mutt");
        var configuration = Path.Combine(folder, "muttrc");
        await File.WriteAllTextAsync(configuration, $"""
            set from="{account}" realname="Mutt User" use_from=yes
            set smtp_url="smtps://{account.Replace("@", "%40", StringComparison.Ordinal)}@127.0.0.1:{_server.Ports.Submissions}" smtp_pass="{MailServer.Password}" smtp_authenticators="scram-sha-256"
            set imap_user="{account}" imap_pass="{MailServer.Password}" imap_authenticators="scram-sha-256"
            set folder="imaps://127.0.0.1:{_server.Ports.Imaps}" record="+Sent" copy=yes
            set certificate_file="{Path.Combine(_server.Data, "certificate.pem")}" ssl_verify_host=no
            """);
        (await ExternalCommand.RunAsync(
            "mutt", ["-F", configuration, "-s", "Scrambled", "--", account], "The body.\n"u8.ToArray(), new Dictionary<string, string> { ["HOME"] = folder, ["TERM"] = "dumb" })).Expect();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        await Wait.UntilAsync("the message in the inbox", async () => await imap.CountAsync() == 1);
        Assert.Equal(1, await imap.CountAsync("Sent"));
    }

    private SaslMechanism Mechanism(string name, string account, string password)
    {
        var token = password == MailServer.Password ? fixture.Issuer.Issue(account, DateTimeOffset.UtcNow) : fixture.Issuer.Issue("somebody@else.example", DateTimeOffset.UtcNow);
        return name switch
        {
            "SCRAM-SHA-256" => new SaslMechanismScramSha256(account, password),
            "SCRAM-SHA-256-PLUS" => new SaslMechanismScramSha256Plus(account, password),
            "OAUTHBEARER" => new SaslMechanismOAuthBearer(account, token),
            "XOAUTH2" => new SaslMechanismOAuth2(account, token),
            "LOGIN" => new SaslMechanismLogin(account, password),
            _ => new SaslMechanismPlain(account, password),
        };
    }

    private static Task ConnectAsync(MailService client, int port, SecureSocketOptions options)
    {
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return client.ConnectAsync("127.0.0.1", port, options);
    }

    private Task<CommandResult> CurlAsync(string account, string pem, byte[]? input, string url, params string[] more) => ExternalCommand.RunAsync(
        "curl",
        [
            "--silent", "--show-error", "--ssl-reqd", "--cacert", Path.Combine(_server.Data, "certificate.pem"), "--cert", pem,
            "--login-options", "AUTH=EXTERNAL", "--user", $"{account}:", url, .. more,
        ],
        input);
}
