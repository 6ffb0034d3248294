using MailMesh.Relay.Client;
using static MailMesh.Protocol.Tests.SmtpSessionScript;

namespace MailMesh.Protocol.Tests;

/// <summary>The client's side of RFC 5321: transactions with servers of every kind.</summary>
public sealed class SmtpSessionTests
{
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
}
