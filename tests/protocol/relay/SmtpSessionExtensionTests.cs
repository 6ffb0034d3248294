using MailMesh.Relay.Client;
using Microsoft.Extensions.Time.Testing;
using static MailMesh.Protocol.Tests.SmtpSessionScript;

namespace MailMesh.Protocol.Tests;

/// <summary>The client's side of DSN, MT-PRIORITY, DELIVERBY and LIMITS.</summary>
public sealed class SmtpSessionExtensionTests
{
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
}
