using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailMesh.Relay.Client;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests;

/// <summary>The client's side of RFC 5321 and its extensions, against servers of every kind.</summary>
public sealed class SmtpSessionTests
{
    private const string Greeting =
        """
        S: 220 mx.test ESMTP
        C: EHLO relay.test

        """;

    private const string Plain = Greeting +
        """
        S: 250-mx.test
        S: 250 8BITMIME

        """;

    private const string Pipelining = Greeting +
        """
        S: 250-mx.test greets relay.test
        S: 250-PIPELINING
        S: 250-SIZE 1000
        S: 250-8BITMIME
        S: 250 ENHANCEDSTATUSCODES

        """;

    private static readonly SmtpSessionSettings Settings = new() { HeloName = "relay.test", Host = "mx.test" };

    [Fact]
    public async Task A_message_goes_out_octet_for_octet_with_dots_doubled()
    {
        var results = await SendAsync(
            Plain +
            """
            C: MAIL FROM:<a@x.test>
            S: 250 ok
            C: RCPT TO:<b@y.test>
            S: 250 ok
            C: DATA
            S: 354 go
            C: X-Prefix: 1
            C: Subject: dots
            C:
            C: ..
            C: ...two
            C: mid.dle
            C: ..last
            C: .
            S: 250 2.0.0 queued
            """, Message("Subject: dots\r\n\r\n.\r\n..two\r\nmid.dle\r\n.last") with { HeaderPrefix = "X-Prefix: 1\r\n"u8.ToArray() });

        Assert.Equal((ResultKind.Delivered, "2.0.0", "250 2.0.0 queued", true), Values(Assert.Single(results)));
    }

    [Fact]
    public async Task With_pipelining_the_envelope_goes_out_at_once_and_a_refused_recipient_fails_alone()
    {
        var results = await SendAsync(
            Pipelining +
            """
            C: MAIL FROM:<a@x.test> SIZE=12 BODY=8BITMIME
            C: RCPT TO:<b@y.test>
            C: RCPT TO:<nobody@y.test>
            C: RCPT TO:<full@y.test>
            C: DATA
            S: 250 2.1.0 ok
            S: 250 2.1.5 ok
            S: 550-5.1.1 no such
            S: 550 5.1.1 user
            S: 452 4.2.2 mailbox full
            S: 354 go
            C: Subject: x
            C: .
            S: 250 2.0.0 queued
            """, Message("Subject: x\r\n", "b@y.test", "nobody@y.test", "full@y.test") with { EightBitMime = true });

        Assert.Equal(
            [
                (ResultKind.Delivered, "2.0.0", "250 2.0.0 queued", true),
                (ResultKind.Failed, "5.1.1", "550 5.1.1 no such user", true),
                (ResultKind.Deferred, "4.2.2", "452 4.2.2 mailbox full", true),
            ], results.Select(Values));
    }

    [Fact]
    public async Task When_every_recipient_is_refused_a_354_gets_an_empty_message_that_delivers_to_nobody()
    {
        var results = await SendAsync(
            Pipelining +
            """
            C/ MAIL FROM
            C/ RCPT TO
            C: DATA
            S: 250 ok
            S: 550 no
            S: 354 go
            C: .
            S: 554 no valid recipients
            """, Message("x\r\n"));
        Assert.Equal((ResultKind.Failed, "5.0.0", "550 no", true), Values(Assert.Single(results)));
    }

    [Theory]
    [InlineData("451 4.7.1 greylisted", nameof(ResultKind.Deferred), "4.7.1")]
    [InlineData("550 5.7.1 go away", nameof(ResultKind.Failed), "5.7.1")]
    [InlineData("553 what", nameof(ResultKind.Failed), "5.0.0")]
    [InlineData("450 2.0.0 wrong class", nameof(ResultKind.Deferred), "4.0.0")]
    public async Task A_refused_MAIL_is_the_result_of_every_recipient(string reply, string kindName, string status)
    {
        var kind = Enum.Parse<ResultKind>(kindName);
        foreach (var transcript in new[] { $"{Plain}C/ MAIL\nS: {reply}", $"{Pipelining}C/ MAIL\nC/ RCPT\nC/ RCPT\nC/ DATA\nS: {reply}\nS: 503 no\nS: 503 no\nS: 503 no" })
        {
            var results = await SendAsync(transcript, Message("x\r\n", "b@y.test", "c@y.test"));
            Assert.All(results, result => Assert.Equal((kind, status, reply, true), Values(result)));
        }
    }

    [Theory]
    [InlineData("451 4.3.0 later", nameof(ResultKind.Deferred))]
    [InlineData("554 5.7.1 spam", nameof(ResultKind.Failed))]
    [InlineData("250 what", nameof(ResultKind.Deferred))]
    public async Task A_refused_DATA_is_the_result_of_the_accepted_recipients(string reply, string kindName)
    {
        var kind = Enum.Parse<ResultKind>(kindName);
        var results = await SendAsync($"{Plain}C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ RCPT\nS: 550 no\nC: DATA\nS: {reply}", Message("x\r\n", "b@y.test", "c@y.test"));
        Assert.Equal([kind, ResultKind.Failed], results.Select(r => r.Kind));
    }

    [Theory]
    [InlineData("451 4.3.0 later", nameof(ResultKind.Deferred))]
    [InlineData("554 5.6.0 bad content", nameof(ResultKind.Failed))]
    public async Task The_reply_to_the_final_dot_decides(string reply, string kindName)
    {
        var kind = Enum.Parse<ResultKind>(kindName);
        var results = await SendAsync($"{Plain}C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC: DATA\nS: 354 ok\nC: x\nC: .\nS: {reply}", Message("x\r\n"));
        Assert.Equal(kind, Assert.Single(results).Kind);
    }

    [Fact]
    public async Task Recipients_past_the_servers_limit_go_in_the_next_transaction()
    {
        var results = await SendAsync(
            $"{Plain}C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ RCPT\nS: 452 4.5.3 too many\nC/ RCPT\nS: 552 too many\nC: DATA\nS: 354 ok\nC: x\nC: .\nS: 250 ok",
            Message("x\r\n", "a@y.test", "b@y.test", "c@y.test"));
        Assert.Equal([ResultKind.Delivered, ResultKind.NextTransaction, ResultKind.NextTransaction], results.Select(r => r.Kind));
    }

    [Fact]
    public async Task The_session_is_reset_after_a_refusal_and_goes_on_without_after_a_delivery()
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(
            Plain +
            """
            C/ MAIL
            S: 250 ok
            C/ RCPT
            S: 550 no
            C: RSET
            S: 250 ok
            C/ MAIL
            S: 250 ok
            C/ RCPT
            S: 250 ok
            C: DATA
            S: 354 ok
            C: x
            C: .
            S: 250 ok
            C/ MAIL
            S: 250 ok
            C/ RCPT
            S: 250 ok
            C: DATA
            S: 354 ok
            C: x
            C: .
            S: 250 ok
            C: QUIT
            S: 221 bye
            END
            """);
        await using (var session = await SmtpSession.OpenAsync(client, Settings))
        {
            Assert.Equal(ResultKind.Failed, (await session.SendAsync(Message("x\r\n")))[0].Kind);
            Assert.Equal(ResultKind.Delivered, (await session.SendAsync(Message("x\r\n")))[0].Kind);
            Assert.Equal(ResultKind.Delivered, (await session.SendAsync(Message("x\r\n")))[0].Kind);
            await session.QuitAsync();
        }
        await script;
    }

    [Fact]
    public async Task A_server_without_EHLO_gets_HELO()
    {
        var results = await SendAsync(
            Greeting +
            """
            S: 502 what
            C: HELO relay.test
            S: 250 hello
            C: MAIL FROM:<a@x.test>
            S: 250 ok
            C: RCPT TO:<b@y.test>
            S: 250 ok
            C: DATA
            S: 354 ok
            C: x
            C: .
            S: 250 ok
            """, Message("x\r\n") with { EightBitMime = true });
        Assert.Equal(ResultKind.Delivered, Assert.Single(results).Kind);
    }

    [Fact]
    public async Task A_message_over_the_announced_size_is_not_offered()
    {
        var results = await SendAsync(Pipelining, Message("x\r\n") with { SizeBytes = 1001 });
        Assert.Equal((ResultKind.Failed, "5.3.4", false), (results[0].Kind, results[0].Status, results[0].ByServer));
    }

    [Fact]
    public async Task Internationalised_mail_fails_where_the_server_does_not_take_it_and_says_SMTPUTF8_where_it_does()
    {
        var message = Message("x\r\n", "bób@y.test") with { Smtputf8 = true };
        Assert.Equal("5.6.7", (await SendAsync(Pipelining, message))[0].Status);
        var results = await SendAsync(
            Greeting + "S: 250-mx.test\nS: 250 SMTPUTF8\nC: MAIL FROM:<a@x.test> SMTPUTF8\nS: 250 ok\nC: RCPT TO:<bób@y.test>\nS: 250 ok\nC: DATA\nS: 354 ok\nC: x\nC: .\nS: 250 ok", message);
        Assert.Equal(ResultKind.Delivered, results[0].Kind);
    }

    [Fact]
    public async Task An_internationalised_domain_goes_out_as_A_labels()
    {
        var results = await SendAsync(Plain + "C/ MAIL\nS: 250 ok\nC: RCPT TO:<b@xn--bcher-kva.test>\nS: 550 no", Message("x\r\n", "b@bücher.test"));
        Assert.Equal(ResultKind.Failed, results[0].Kind);
    }

    [Fact]
    public async Task An_address_that_would_break_the_command_is_not_sent()
    {
        var results = await SendAsync(Plain + "C/ MAIL\nS: 250 ok\nC: RCPT TO:<b@y.test>\nS: 550 no", Message("x\r\n", "a@y.test>\r\nRSET", "b@y.test"));
        Assert.Equal(["5.1.3", "5.0.0"], results.Select(r => r.Status));
    }

    [Theory]
    [InlineData("S: 554 no service", nameof(SmtpStage.Greeting), true)]
    [InlineData("S: 421 busy", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 250 odd", nameof(SmtpStage.Greeting), false)]
    [InlineData("CLOSE", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: HTTP/1.1 400 Bad Request", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 220-no end\nCLOSE", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 220 hi\nC/ EHLO\nS: 421 closing", nameof(SmtpStage.Hello), false)]
    [InlineData("S: 220 hi\nC/ EHLO\nS: 550 no\nC/ HELO\nS: 550 5.7.1 really", nameof(SmtpStage.Hello), true)]
    [InlineData("S: 220 hi\nC/ EHLO\nCLOSE", nameof(SmtpStage.Hello), false)]
    public async Task A_server_that_takes_no_session_is_a_fault(string transcript, string stageName, bool permanent)
    {
        var stage = Enum.Parse<SmtpStage>(stageName);
        var fault = await OpenFaultAsync(transcript, Settings);
        Assert.Equal((stage, permanent), (fault.Stage, fault.IsPermanent));
        Assert.Matches("^[45]\\.\\d+\\.\\d+$", fault.Status);
    }

    [Fact]
    public async Task Endless_replies_are_bounded()
    {
        var line = new string('x', 100_000);
        Assert.Equal("4.5.0", (await OpenFaultAsync($"S~ 220 {line}", Settings)).Status);
        Assert.Equal("4.5.0", (await OpenFaultAsync($"S: 220 {line}", Settings)).Status);
        Assert.Equal("4.5.0", (await OpenFaultAsync(string.Concat(Enumerable.Repeat("S: 220-more\n", 101)), Settings)).Status);
    }

    [Theory]
    [InlineData("C/ MAIL\nS: 421 4.3.2 shutting down", nameof(SmtpStage.Mail))]
    [InlineData("C/ MAIL\nCLOSE", nameof(SmtpStage.Mail))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 421 bye", nameof(SmtpStage.Rcpt))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nCLOSE", nameof(SmtpStage.Data))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: garbage", nameof(SmtpStage.Data))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nC: x\nC: .\nCLOSE", nameof(SmtpStage.FinalDot))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nC: x\nC: .\nS: 421 oops", nameof(SmtpStage.FinalDot))]
    public async Task A_session_that_breaks_off_is_a_fault_that_says_where(string transcript, string stageName)
    {
        var stage = Enum.Parse<SmtpStage>(stageName);
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Plain + transcript);
        await using var session = await SmtpSession.OpenAsync(client, Settings);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => session.SendAsync(Message("x\r\n")));
        Assert.Equal((stage, false), (fault.Stage, fault.IsPermanent));
        await script;
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_ends_without_a_final_dot()
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Plain + "C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nEND");
        var session = await SmtpSession.OpenAsync(client, Settings);
        await Assert.ThrowsAsync<IOException>(() => session.SendAsync(Message("") with { OpenBody = _ => new(new BrokenStream()) }));
        await session.DisposeAsync();
        await script;
    }

    [Fact]
    public async Task A_silent_server_times_out()
    {
        var clock = new FakeTimeProvider();
        var (client, server) = DuplexStream.Pair();
        await using var silent = server;
        var open = SmtpSession.OpenAsync(client, Settings with { Clock = clock });
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(open.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Timed out before the greeting", (await Assert.ThrowsAsync<SmtpFaultException>(() => open)).Message);
    }

    [Fact]
    public async Task STARTTLS_protects_the_session_and_forgets_what_was_said_in_clear()
    {
        var (client, server) = DuplexStream.Pair();
        // An answer smuggled in behind the go-ahead must not be taken for one under TLS.
        var script = new ScriptedServer(server).RunAsync(
            Greeting +
            """
            S: 250-mx.test
            S: 250-PIPELINING
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            TLS
            C: EHLO relay.test
            S: 250 mx.test
            C: MAIL FROM:<a@x.test>
            S: 550 no
            """);
        await using var session = await SmtpSession.OpenAsync(client, Settings);
        Assert.StartsWith("TLSv1.", session.Tls);
        Assert.False(session.Capabilities.Pipelining);
        Assert.Equal(ResultKind.Failed, (await session.SendAsync(Message("x\r\n")))[0].Kind);
        await script;
    }

    [Fact]
    public async Task A_refused_STARTTLS_leaves_an_opportunistic_session_in_clear_and_ends_a_verified_one()
    {
        const string refusal = Greeting + "S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\n";
        var results = await SendAsync(refusal + "C/ MAIL\nS: 550 no", Message("x\r\n"));
        Assert.Equal(ResultKind.Failed, results[0].Kind);
        Assert.Equal(("4.7.5", SmtpStage.StartTls), await StatusAsync(refusal, Settings with { Tls = TlsUse.Verified }));
        Assert.Equal(("4.7.4", SmtpStage.StartTls), await StatusAsync(Plain, Settings with { Tls = TlsUse.Verified }));
    }

    [Theory]
    [InlineData("S~ 220 go\\r\\nrubbish instead of a handshake\\r\\nand more of it to fill a record\\r\\n\nCLOSE", nameof(TlsUse.Opportunistic))]
    [InlineData("S: 220 go\nTLS", nameof(TlsUse.Verified))] // self-signed
    public async Task A_failed_handshake_is_a_fault_at_STARTTLS(string transcript, string tlsName)
    {
        var tls = Enum.Parse<TlsUse>(tlsName);
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Greeting + "S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\n" + transcript);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => SmtpSession.OpenAsync(client, Settings with { Tls = tls }));
        Assert.Equal((SmtpStage.StartTls, false), (fault.Stage, fault.IsPermanent));
        await script.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData("PLAIN LOGIN", "C: AUTH PLAIN AHVzZXIAcGHDnw==\nS: 235 ok")]
    [InlineData("LOGIN", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGHDnw==\nS: 235 ok")]
    public async Task Credentials_go_out_by_the_mechanism_that_the_server_offers(string mechanisms, string exchange)
    {
        var settings = Settings with { Credentials = new SmtpCredentials("user", "paß"), Loopback = true };
        var results = await SendAsync($"{Greeting}S: 250-mx.test\nS: 250 AUTH {mechanisms}\n{exchange}\nC/ MAIL\nS: 550 no", Message("x\r\n"), settings);
        Assert.Equal(ResultKind.Failed, results[0].Kind);
    }

    [Fact]
    public async Task Credentials_never_go_out_in_clear_and_a_wrong_password_shows_none_of_it()
    {
        var settings = Settings with { Credentials = new SmtpCredentials("user", "secret") };
        const string offer = Greeting + "S: 250-mx.test\nS: 250 AUTH PLAIN\n";
        Assert.Equal(("4.7.11", SmtpStage.Auth), await StatusAsync(offer + "END", settings));
        var fault = await OpenFaultAsync(offer + "C/ AUTH PLAIN\nS: 535 5.7.8 no", settings with { Loopback = true });
        Assert.Equal(("4.7.8", false), (fault.Status, fault.IsPermanent));
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_sender_asked_for_goes_on_to_a_server_that_announces_it()
    {
        var clock = new FakeTimeProvider();
        var message = Asking(Message("x\r\n"), clock.GetUtcNow().AddSeconds(100.5), "RT");
        var results = await SendAsync(
            Greeting +
            """
            S: 250-mx.test
            S: 250-DSN
            S: 250-MT-PRIORITY MIXER
            S: 250 DELIVERBY 60
            C: MAIL FROM:<a@x.test> RET=FULL ENVID=QQ MT-PRIORITY=-3 BY=100;RT
            S: 250 ok
            C: RCPT TO:<b@y.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bx@y.test
            S: 250 ok
            C: DATA
            S: 354 go
            C: x
            C: .
            S: 250 ok
            """, message, Settings with { Clock = clock });
        Assert.Equal(ResultKind.Delivered, Assert.Single(results).Kind);
    }

    [Fact]
    public async Task A_server_that_announces_nothing_is_asked_for_nothing()
    {
        var results = await SendAsync(Plain + "C: MAIL FROM:<a@x.test>\nS: 250 ok\nC: RCPT TO:<b@y.test>\nS: 550 no", Asking(Message("x\r\n"), DateTimeOffset.UtcNow.AddHours(1), "NT"));
        Assert.Equal(ResultKind.Failed, Assert.Single(results).Kind);
    }

    [Fact]
    public async Task A_notification_asks_for_none()
    {
        var message = Message("x\r\n") with { ReversePath = "", DsnReturn = "FULL" };
        await SendAsync(Greeting + "S: 250-mx.test\nS: 250 DSN\nC: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@y.test> NOTIFY=NEVER\nS: 550 no", message);
    }

    [Theory]
    [InlineData("HELP", 100, "R", "5.3.3")] // RFC 2852 §4.1: nobody behind it would call the message back
    [InlineData("DELIVERBY 200", 100, "R", "5.4.7")]
    [InlineData("DELIVERBY", 0, "R", "5.4.7")]
    [InlineData("DELIVERBY", -5, "RT", "5.4.7")]
    public async Task A_message_that_must_come_back_in_time_does_not_go_where_it_could_not(string capability, int seconds, string mode, string status)
    {
        var clock = new FakeTimeProvider();
        var message = Asking(Message("x\r\n"), clock.GetUtcNow().AddSeconds(seconds), mode);
        var results = await SendAsync($"{Greeting}S: 250-mx.test\nS: 250 {capability}\nEND", message, Settings with { Clock = clock });
        Assert.Equal((ResultKind.Failed, status), (results[0].Kind, results[0].Status));
    }

    [Theory]
    [InlineData(true, "REQUIRETLS", null)]
    [InlineData(true, "HELP", "5.7.30")]
    [InlineData(false, "REQUIRETLS", "5.7.30")]
    public async Task REQUIRETLS_goes_only_over_a_verified_session_to_a_server_that_announces_it(bool trusted, string capability, string? status)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        if (trusted)
            trust.CustomTrustStore.Add(ScriptedServer.Certificate);
        var rest = status is null ? "C: MAIL FROM:<a@x.test> REQUIRETLS\nS: 550 no" : "END";
        var results = await SendAsync(
            $"{Greeting}S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO relay.test\nS: 250-mx.test\nS: 250 {capability}\n{rest}",
            Message("x\r\n") with { RequireTls = true }, Settings with { Trust = trust });
        Assert.Equal((ResultKind.Failed, status ?? "5.0.0"), (results[0].Kind, results[0].Status));
    }

    [Theory]
    [InlineData("HELP", ResultKind.Failed, "5.7.30")]
    [InlineData("REQUIRETLS", ResultKind.Failed, "5.7.30")]
    [InlineData("STARTTLS", ResultKind.Deferred, "4.7.5")] // the handshake broke, and may not another time
    internal async Task REQUIRETLS_never_goes_in_clear(string capability, ResultKind kind, string status)
    {
        var results = await SendAsync($"{Greeting}S: 250-mx.test\nS: 250 {capability}\nEND", Message("x\r\n") with { RequireTls = true }, Settings with { Tls = TlsUse.Never });
        Assert.Equal((kind, status), (results[0].Kind, results[0].Status));
    }

    [Theory]
    [InlineData("LIMITS RCPTMAX=20 MAILMAX=3 RCPTDOMAINMAX=1", 20, 3, 1)]
    [InlineData("LIMITS XNEW=7 RCPTMAX=0 MAILMAX=x rcptmax=9", 9, int.MaxValue, int.MaxValue)]
    [InlineData("LIMITS", int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData("HELP", int.MaxValue, int.MaxValue, int.MaxValue)]
    public void Limits_are_read_and_what_is_unknown_limits_nothing(string line, int recipients, int transactions, int domains)
    {
        var server = SmtpCapabilities.Parse(new SmtpReply(250, ["mx.test", line]));
        Assert.Equal((recipients, transactions, domains), (server.MaxRecipients, server.MaxTransactions, server.MaxRecipientDomains));
    }

    private static SmtpTransaction Asking(SmtpTransaction message, DateTimeOffset deliverBy, string mode) => message with
    {
        Recipients = [new SmtpRecipient("b@y.test") { Notify = "SUCCESS,FAILURE", OriginalRecipient = "rfc822;b+2Bx@y.test" }],
        DsnReturn = "FULL",
        EnvelopeId = "QQ",
        Priority = -3,
        DeliverBy = new DeliverBy(deliverBy, mode),
    };

    private static SmtpTransaction Message(string body, params string[] recipients) => new()
    {
        ReversePath = "a@x.test",
        Recipients = recipients.Length > 0 ? [.. recipients.Select(r => new SmtpRecipient(r))] : [new SmtpRecipient("b@y.test")],
        HeaderPrefix = ReadOnlyMemory<byte>.Empty,
        SizeBytes = body.Length,
        OpenBody = _ => new(new MemoryStream(Encoding.UTF8.GetBytes(body))),
    };

    private static (ResultKind, string, string, bool) Values(RecipientResult result) => (result.Kind, result.Status, result.Text, result.ByServer);

    private static async Task<IReadOnlyList<RecipientResult>> SendAsync(string transcript, SmtpTransaction message, SmtpSessionSettings? settings = null)
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(transcript);
        var sending = SendOverAsync(client, message, settings ?? Settings);
        await await Task.WhenAny(script, sending);
        await script;
        return await sending.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<IReadOnlyList<RecipientResult>> SendOverAsync(Stream client, SmtpTransaction message, SmtpSessionSettings settings)
    {
        await using var session = await SmtpSession.OpenAsync(client, settings);
        return await session.SendAsync(message);
    }

    private static async Task<SmtpFaultException> OpenFaultAsync(string transcript, SmtpSessionSettings settings)
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(transcript);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => SmtpSession.OpenAsync(client, settings).WaitAsync(TimeSpan.FromSeconds(20)));
        await script;
        return fault;
    }

    private static async Task<(string, SmtpStage)> StatusAsync(string transcript, SmtpSessionSettings settings)
    {
        var fault = await OpenFaultAsync(transcript, settings);
        return (fault.Status, fault.Stage);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the store is away");
    }
}
