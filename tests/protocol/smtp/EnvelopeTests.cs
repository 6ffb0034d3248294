using System.Text;
using MailMesh.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>DSN (RFC 3461), MT-PRIORITY (RFC 6710), DELIVERBY (RFC 2852), REQUIRETLS (RFC 8689) and LIMITS (RFC 9422): from the command to the contract.</summary>
public sealed class EnvelopeTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private static readonly string Authenticated = EhloUnderTls + $"""
        C: AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@ours.example\0wonderland"))}
        S: 235 2.7.0 …

        """;

    private const string Message = """
        C: DATA
        S: 354 …
        C: Subject: x
        C:
        C: .
        S: 250 2.0.0 Ok: queued as {id}
        """;

    [Theory]
    [InlineData("smtp")]
    [InlineData("submissions")]
    public async Task What_is_asked_of_notifications_goes_along(string listener)
    {
        await RunAsync((listener == "smtp" ? Ehlo : Authenticated) + """
            C: MAIL FROM:<alice@ours.example> RET=FULL ENVID=QQ314159+2B
            S: 250 2.1.0 Sender ok
            C: RCPT TO:<alice@ours.example> NOTIFY=delay,SUCCESS ORCPT=rfc822;Alice+2Bx@ours.example
            S: 250 2.1.5 …
            C: RCPT TO:<bob@ours.example>
            S: 250 2.1.5 …
            # the first word about a recipient counts
            C: RCPT TO:<alice@ours.example> NOTIFY=NEVER
            S: 250 2.1.5 …

            """ + Message, listener);
        var envelope = TheMessage().Envelope;
        Assert.Equal(("FULL", "QQ314159+2B"), (envelope.DsnReturn, envelope.EnvelopeId));
        Assert.Equal(
            [new RecipientRequest { ForwardPath = "alice@ours.example", Notify = "SUCCESS,DELAY", OriginalRecipient = "rfc822;Alice+2Bx@ours.example" }],
            envelope.Requests);
    }

    [Theory]
    [InlineData("MAIL FROM:<a@b.example> RET=SOME", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> ENVID=a+2b", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> MT-PRIORITY=10", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> BY=0;R", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> BY=59;R", "554 5.4.7")]
    [InlineData("MAIL FROM:<a@b.example> REQUIRETLS", "530 5.7.10")]
    [InlineData("MAIL FROM:<a@b.example> RET=FULL RET=HDRS", "501 5.5.4")]
    public Task A_wrong_MAIL_opens_nothing(string line, string code) => RunAsync(Ehlo + $"""
        C: {line}
        S: {code} …
        C: RCPT TO:<alice@ours.example>
        S: 503 5.5.1 …
        """);

    [Theory]
    [InlineData("NOTIFY=NEVER,DELAY", "501 5.5.4")]
    [InlineData("NOTIFY=SUCCESS NOTIFY=DELAY", "501 5.5.4")]
    [InlineData("ORCPT=alice@ours.example", "501 5.5.4")]
    [InlineData("ORCPT=utf-8;älice@ours.example", "553 5.6.7")]
    public Task A_wrong_RCPT_names_nobody(string parameters, string code) => RunAsync(Ehlo + $"""
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: RCPT TO:<alice@ours.example> {parameters}
        S: {code} …
        C: DATA
        S: 554 5.5.1 …
        """);

    [Theory]
    [InlineData("MAIL FROM:<a@b.example> RET=FULL")]
    [InlineData("MAIL FROM:<a@b.example> MT-PRIORITY=3")]
    public Task HELO_knows_no_parameters_of_MAIL(string line) => RunAsync($"""
        S: 220 …
        C: HELO client.example
        S: 250 …
        C: {line}
        S: 555 5.5.4 …
        """);

    [Fact]
    public Task HELO_knows_no_parameters_of_RCPT() => RunAsync("""
        S: 220 …
        C: HELO client.example
        S: 250 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: RCPT TO:<alice@ours.example> NOTIFY=NEVER
        S: 555 5.5.4 …
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.5 …
        """);

    [Theory]
    [InlineData("9")]
    [InlineData("-4")]
    public async Task A_user_chooses_the_priority_and_the_trace_field_shows_it(string priority)
    {
        await RunAsync(Authenticated + $"""
            C: MAIL FROM:<alice@ours.example> MT-PRIORITY={priority}
            S: 250 2.1.0 Sender ok
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …

            """ + Message, "submissions");
        Assert.Equal(priority, $"{TheMessage().Envelope.Priority}");
        Assert.Contains($"\r\n\tpriority {priority};\r\n", StoredText(TheMessage()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9", "250 2.3.6 0 …")]
    [InlineData("-1", "250 2.3.6 0 …")]
    [InlineData("0", "250 2.1.0 Sender ok")]
    public async Task A_stranger_has_the_ordinary_priority_and_is_told(string priority, string reply)
    {
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example> MT-PRIORITY={priority}
            S: {reply}
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …

            """ + Message);
        Assert.Equal(0, TheMessage().Envelope.Priority);
        Assert.DoesNotContain("priority", StoredText(TheMessage()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("120;RT", 120, "RT")]
    [InlineData("-30;n", -30, "N")]
    public async Task The_time_for_delivery_counts_from_MAIL(string by, int seconds, string mode)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        Clock = clock;
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example> BY={by}
            S: 250 2.1.0 …
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …

            """ + Message);
        var envelope = TheMessage().Envelope;
        Assert.Equal((clock.GetUtcNow().AddSeconds(seconds), mode), (envelope.DeliverBy, envelope.DeliverByMode));
    }

    [Fact]
    public Task A_message_is_not_held_past_its_time_for_delivery() => RunAsync(Authenticated + """
        C: MAIL FROM:<alice@ours.example> HOLDFOR=3600 BY=120;R
        S: 501 5.5.4 …
        C: MAIL FROM:<alice@ours.example> HOLDFOR=100 BY=120;R
        S: 250 2.1.0 …
        """, "submissions");

    [Fact]
    public async Task The_story_of_a_message_tells_what_was_asked()
    {
        await RunAsync(Authenticated + """
            C: MAIL FROM:<alice@ours.example> REQUIRETLS RET=HDRS ENVID=QQ MT-PRIORITY=2
            S: 250 2.1.0 …
            C: RCPT TO:<alice@ours.example> NOTIFY=success
            S: 250 2.1.5 …

            """ + Message, "submissions");
        var received = (await Directory.Tracking.ReadAsync(TheMessage().MessageId)).First(line => line.Event == "received");
        Assert.Equal("RET=HDRS ENVID=QQ MT-PRIORITY=2 REQUIRETLS <alice@ours.example> NOTIFY=SUCCESS", received.Detail["asked"]);
    }

    [Fact]
    public async Task REQUIRETLS_is_taken_under_TLS()
    {
        await RunAsync(Authenticated + """
            C: MAIL FROM:<alice@ours.example> REQUIRETLS
            S: 250 2.1.0 …
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …

            """ + Message, "submissions");
        Assert.True(TheMessage().Envelope.RequireTls);
    }

    [Fact]
    public async Task A_session_ends_after_the_transactions_that_EHLO_says()
    {
        Options = Options with { MaxTransactions = 2, MaxRecipients = 123 };
        await RunAsync("""
            S: 220 …
            C: EHLO client.example
            S: 250-…
            S: 250-PIPELINING
            S: 250-SIZE …
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-ENHANCEDSTATUSCODES
            S: 250-CHUNKING
            S: 250-BINARYMIME
            S: 250-DSN
            S: 250-MT-PRIORITY MIXER
            S: 250-DELIVERBY 60
            S: 250-LIMITS RCPTMAX=123 MAILMAX=2
            S: 250 STARTTLS
            C: MAIL FROM:<a@b.example>
            S: 250 2.1.0 …
            C: RSET
            S: 250 …
            C: MAIL FROM:<a@b.example>
            S: 250 2.1.0 …
            C: RSET
            S: 250 …
            C: MAIL FROM:<a@b.example>
            S: 421 4.7.0 …
            END
            """);
    }
}
