using System.Net;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class RcptTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Mail = """
        S: 220 …
        C: HELO client.example
        S: 250 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …

        """;

    [Theory]
    [InlineData("<alice@ours.example>")]
    [InlineData("<ALICE@Ours.Example>")]
    [InlineData("<\"alice\"@ours.example>")]
    [InlineData("<alice+detail@ours.example>")]
    [InlineData("<sales@ours.example>")]
    [InlineData("<postmaster>")] // RFC 5321 §4.5.1
    [InlineData("<PostMaster>")]
    [InlineData("<postmaster@ours.example>")]
    [InlineData("<postmaster@MX.ours.example>")] // our own name
    [InlineData("<@relay.example:alice@ours.example>")]
    public Task Takes_who_has_mail_here(string path) => RunAsync(Mail + $"""
        C: RCPT TO:{path}
        S: 250 2.1.5 Recipient ok
        """);

    [Theory]
    [InlineData("<nobody@ours.example>")]
    [InlineData("<dangling@ours.example>")] // an alias that leads nowhere
    [InlineData("<round@ours.example>")] // an alias that leads to itself
    [InlineData("<\"alice@ours.example\"@ours.example>")]
    [InlineData("<victim%elsewhere.example@ours.example>")]
    [InlineData("<elsewhere.example!victim@ours.example>")]
    [InlineData("<\"victim@elsewhere.example\"@ours.example>")]
    public Task Refuses_whom_nobody_knows(string path) => RunAsync(Mail + $"""
        C: RCPT TO:{path}
        S: 550 5.1.1 …: no such user here
        """);

    [Theory]
    [InlineData("small@ours.example")]
    [InlineData("small+lists@ours.example")]
    [InlineData("tiny@ours.example")] // an alias for it
    public Task Refuses_a_mailbox_that_has_no_room_for_the_size_announced(string address) => RunAsync($"""
        S: 220 …
        C: EHLO client.example
        S> 250 STARTTLS
        C: MAIL FROM:<a@b.example> SIZE=1001
        S: 250 2.1.0 …
        C: RCPT TO:<{address}>
        S: 452 4.2.2 <{address}>: mailbox is full, or has no room for a message of this size
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.5 …
        C: RSET
        S: 250 2.0.0 …
        C: MAIL FROM:<a@b.example> SIZE=1000
        S: 250 2.1.0 …
        C: RCPT TO:<{address}>
        S: 250 2.1.5 …
        C: RSET
        S: 250 2.0.0 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: RCPT TO:<{address}>
        S: 250 2.1.5 …
        """);

    [Theory]
    [InlineData("<victim@elsewhere.example>")]
    [InlineData("<alice%ours.example@elsewhere.example>")]
    [InlineData("<@ours.example:victim@elsewhere.example>")]
    [InlineData("<@ours.example,@mx.ours.example:victim@elsewhere.example>")]
    [InlineData("<\"alice@ours.example\"@elsewhere.example>")]
    [InlineData("<victim@[192.0.2.9]>")]
    [InlineData("<victim@[IPv6:2001:db8::9]>")]
    public async Task Is_never_an_open_relay(string path)
    {
        var transcript = Mail + $"""
            C: RCPT TO:{path}
            S: 550 5.7.1 Relaying denied, mail to other domains needs AUTH on the submission port
            C: DATA
            S: 554 5.5.1 No valid recipients, see the replies to RCPT
            """;
        await RunAsync(transcript);
        await using var local = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(local).RunAsync(transcript);
    }

    [Theory]
    [InlineData("RCPT", "501 5.5.4")]
    [InlineData("RCPT FROM:<alice@ours.example>", "501 5.5.4")]
    [InlineData("RCPT TO:<>", "501 5.1.3")]
    [InlineData("RCPT TO:<alice>", "501 5.1.3")]
    [InlineData("RCPT TO:alice@ours.example", "501 5.1.3")]
    [InlineData("RCPT TO:<alice@ours.example", "501 5.1.3")]
    [InlineData("RCPT TO:<\"victim@elsewhere.example\">", "501 5.1.3")]
    [InlineData("RCPT TO:<victim@elsewhere.example@ours.example>", "501 5.1.3")]
    [InlineData("RCPT TO:<alice@ours.example> XFOO=1", "555 5.5.4")]
    [InlineData("RCPT TO:<用户@ours.example>", "553 5.6.7")]
    public Task Refuses(string line, string code) => RunAsync(Mail + $"""
        C: {line}
        S: {code} …
        """);

    [Fact]
    public Task Takes_an_internationalised_address_with_smtputf8() => RunAsync(Ehlo + """
        C: MAIL FROM:<送信@例.example> SMTPUTF8
        S: 250 2.1.0 …
        C: RCPT TO:<用户@ours.example>
        S: 250 2.1.5 …
        C: RCPT TO:<nobodÿ@ours.example>
        S: 550 5.1.1 <nobodÿ@ours.example>: no such user here
        """);

    [Fact]
    public Task Comes_after_mail() => RunAsync("""
        S: 220 …
        C: RCPT TO:<alice@ours.example>
        S: 503 5.5.1 Send EHLO first
        C: HELO client.example
        S: 250 …
        C: RCPT TO:<alice@ours.example>
        S: 503 5.5.1 Need MAIL command
        """);

    [Fact]
    public async Task Ten_thousand_recipients_are_taken_up_to_the_limit_and_told_so_past_it()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Mail);
        var sending = SendManyAsync(session, 10_000);
        for (var i = 0; i < 10_000; i++)
        {
            var reply = await session.ReadLineAsync();
            if (i < Options.MaxRecipients)
                Assert.Equal("250 2.1.5 Recipient ok", reply);
            else
                Assert.Equal("452 4.5.3 Too many recipients, send to the others in another transaction", SmtpRefusal.Text(reply));
        }
        await sending;
        await script.RunAsync("""
            C: DATA
            S: 354 …
            C: Subject: many
            C:
            C: .
            S: 250 2.0.0 Ok: queued as {id}
            """);
        Assert.Equal(Options.MaxRecipients, TheMessage().Envelope.ForwardPaths.Count);
    }

    [Fact]
    public async Task A_recipient_given_twice_is_one()
    {
        await RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<alice@OURS.example>
            C: RCPT TO:<bob@ours.example>
            C: DATA
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 354 …
            C: .
            S: 250 2.0.0 …
            """);
        Assert.Equal(["alice@ours.example", "bob@ours.example"], TheMessage().Envelope.ForwardPaths);
    }

    private static async Task SendManyAsync(ScriptedSession session, int count)
    {
        for (var i = 0; i < count; i++)
            await session.SendAsync($"RCPT TO:<alice+{i}@ours.example>\r\n");
    }
}
