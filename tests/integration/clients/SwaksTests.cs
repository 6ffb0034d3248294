using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>swaks, the SMTP tester of administrators: what is taken and, above all, what is not.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class SwaksTests(SharedServer shared)
{
    /// <summary>What swaks exits with when a recipient was refused.</summary>
    private const int RecipientRefused = 24;

    /// <summary>What swaks exits with when it could not authenticate.</summary>
    private const int NotAuthenticated = 28;

    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Mail_for_an_account_is_taken()
    {
        var account = await _server.NewAccountAsync("swaks");
        var said = await SwaksAsync(_server.Ports.Smtp, 0, "--from", "outside@client.example", "--to", account);
        Assert.Matches("<-  250 .*[0-9a-f]{32}", said);
    }

    [Fact]
    public async Task Mail_for_an_account_is_taken_over_STARTTLS_and_pipelined()
    {
        var account = await _server.NewAccountAsync("swaks");
        Assert.Contains("<~  250 ", await SwaksAsync(_server.Ports.Smtp, 0, "--from", "outside@client.example", "--to", account, "--tls"), StringComparison.Ordinal);
        var said = await SwaksAsync(_server.Ports.Smtp, 0, "--from", "outside@client.example", "--to", $"{account},{account.Replace("@", "+detail@", StringComparison.Ordinal)}", "--pipeline");
        Assert.Contains("PIPELINING", said, StringComparison.Ordinal);
        Assert.Matches("<-  250 .*[0-9a-f]{32}", said);
    }

    [Fact]
    public async Task The_null_reverse_path_is_taken()
    {
        var account = await _server.NewAccountAsync("swaks");
        await SwaksAsync(_server.Ports.Smtp, 0, "--from", "<>", "--to", account);
    }

    [Fact]
    public async Task An_unknown_recipient_is_refused_at_RCPT()
    {
        var said = await SwaksAsync(_server.Ports.Smtp, RecipientRefused, "--from", "outside@client.example", "--to", "nobody@mesh.test");
        Assert.Contains("<** 550 5.1.1", said, StringComparison.Ordinal);
    }

    /// <summary>The classic ways to ask for relaying; none may work for a stranger.</summary>
    [Theory]
    [InlineData("victim@elsewhere.example")]
    [InlineData("victim%elsewhere.example@mesh.test")]
    [InlineData("victim%elsewhere.example")]
    [InlineData("\"victim@elsewhere.example\"@mesh.test")]
    [InlineData("\"victim@elsewhere.example\"")]
    [InlineData("@mesh.test:victim@elsewhere.example")]
    [InlineData("elsewhere.example!victim@mesh.test")]
    [InlineData("victim@[127.0.0.1]")]
    [InlineData("victim@elsewhere.example@mesh.test")]
    [InlineData("postmaster@mesh.test@elsewhere.example")]
    public async Task No_stranger_may_relay(string recipient)
    {
        foreach (var sender in new[] { "outside@client.example", "<>", "postmaster@mesh.test", "postmaster@localhost" })
        {
            foreach (var port in new[] { _server.Ports.Smtp, _server.Ports.Submission })
            {
                await using var smtp = await SmtpWire.GreetAsync(port);
                var mail = await smtp.CommandAsync($"MAIL FROM:<{sender.Trim('<', '>')}>");
                var rcpt = await smtp.CommandAsync($"RCPT TO:<{recipient}>");
                Assert.True(rcpt.Code is >= 500 and < 600, $"{port}: MAIL FROM {sender} {mail.Code}, RCPT TO {recipient} got {rcpt.Code} {rcpt.Text}");
            }
        }
    }

    [Fact]
    public async Task Relaying_is_refused_with_5_7_1()
    {
        var said = await SwaksAsync(_server.Ports.Smtp, RecipientRefused, "--from", "outside@client.example", "--to", "victim@elsewhere.example");
        Assert.Contains("<** 550 5.7.1", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AUTH_is_not_offered_and_not_taken_without_TLS()
    {
        var account = await _server.NewAccountAsync("swaks");
        var said = await SwaksAsync(_server.Ports.Submission, NotAuthenticated, "--from", account, "--to", account, "--auth", "PLAIN", "--auth-user", account, "--auth-password", MailServer.Password);
        Assert.DoesNotContain("250-AUTH", said, StringComparison.Ordinal);
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Submission);
        var reply = await smtp.CommandAsync("AUTH PLAIN " + Convert.ToBase64String("\0user@mesh.test\0password"u8));
        Assert.True(reply.Code is 530 or 538 or 502 or 503, $"AUTH in clear got {reply.Code} {reply.Text}");
    }

    [Theory]
    [InlineData("PLAIN", "--tls")]
    [InlineData("LOGIN", "--tls")]
    [InlineData("PLAIN", "--tls-on-connect")]
    [InlineData("LOGIN", "--tls-on-connect")]
    public async Task Submission_authenticates_under_TLS(string mechanism, string tls)
    {
        var account = await _server.NewAccountAsync("swaks");
        var port = tls == "--tls" ? _server.Ports.Submission : _server.Ports.Submissions;
        var said = await SwaksAsync(port, 0, tls, "--from", account, "--to", account, "--auth", mechanism, "--auth-user", account, "--auth-password", MailServer.Password);
        Assert.Contains("<~  235 ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_does_not_authenticate()
    {
        var account = await _server.NewAccountAsync("swaks");
        var said = await SwaksAsync(_server.Ports.Submission, NotAuthenticated, "--tls", "--from", account, "--to", account, "--auth", "PLAIN", "--auth-user", account, "--auth-password", "wrong");
        Assert.Contains("<~* 535 ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_takes_nothing_from_a_stranger()
    {
        var account = await _server.NewAccountAsync("swaks");
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Submission);
        await smtp.StartTlsAsync();
        var reply = await smtp.SendMailAsync(account, [account], SampleMessages.Plain("stranger@client.example"));
        Assert.True(reply.Code is 530 or 550 or 554, $"Got {reply.Code} {reply.Text}");
    }

    [Fact]
    public async Task A_message_larger_than_allowed_is_refused_by_its_declared_size()
    {
        var account = await _server.NewAccountAsync("swaks");
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        (await smtp.CommandAsync("MAIL FROM:<outside@client.example> SIZE=999999999999")).Expect(552);
        (await smtp.SendMailAsync("outside@client.example", [account], SampleMessages.Plain("after@client.example"))).Expect(250);
    }

    private async Task<string> SwaksAsync(int port, int exitCode, params string[] arguments)
    {
        var result = await ExternalCommand.RunAsync("swaks", ["--server", "127.0.0.1", "--port", $"{port}", "--ehlo", "client.example", "--timeout", "60", .. arguments]);
        return result.Expect(exitCode).Text;
    }
}
