using System.Text;
using MailMesh.Ingress;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RFC 6409: what submission asks of its users and does for them.</summary>
public sealed class SubmissionTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private static readonly string Authenticated = EhloUnderTls + $"""
        C: AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@ours.example\0wonderland"))}
        S: 235 2.7.0 …

        """;

    [Fact]
    public Task Needs_authentication() => RunAsync(EhloUnderTls + """
        C: MAIL FROM:<alice@ours.example>
        S: 530 5.7.0 Authentication required, send AUTH first
        C: RCPT TO:<bob@ours.example>
        S: 503 5.5.1 …
        """, "submissions");

    [Fact]
    public Task Needs_authentication_in_clear_too() => RunAsync(Ehlo + """
        C: MAIL FROM:<alice@ours.example>
        S: 530 5.7.0 Authentication required, send AUTH first
        """, "submission");

    [Theory]
    [InlineData("alice@ours.example", "250 2.1.0")]
    [InlineData("Alice@OURS.example", "250 2.1.0")]
    [InlineData("alice+shop@ours.example", "250 2.1.0")]
    [InlineData("sales@ours.example", "250 2.1.0")]
    [InlineData("", "250 2.1.0")]
    [InlineData("bob@ours.example", "553 5.7.1")]
    [InlineData("info@ours.example", "553 5.7.1")]
    [InlineData("president@elsewhere.example", "553 5.7.1")]
    public Task Lets_an_account_use_its_own_addresses(string address, string code) => RunAsync(Authenticated + $"""
        C: MAIL FROM:<{address}>
        S: {code} …
        """, "submissions");

    [Fact]
    public async Task Sends_to_anybody()
    {
        await RunAsync(Authenticated + """
            C: MAIL FROM:<alice@ours.example>
            C: RCPT TO:<friend@elsewhere.example>
            C: RCPT TO:<nobody@ours.example>
            C: RCPT TO:<taro..yamada.@docomo.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 550 5.1.1 …
            S: 250 2.1.5 …
            S: 354 …
            C: From: alice@ours.example
            C: date: Mon, 2 Feb 2026 10:00:00 +0900
            C: MESSAGE-ID: <own@client.example>
            C:
            C: hello
            C: .
            S: 250 2.0.0 …
            """, "submissions");
        var message = TheMessage();
        Assert.Equal("From: alice@ours.example\r\ndate: Mon, 2 Feb 2026 10:00:00 +0900\r\nMESSAGE-ID: <own@client.example>\r\n\r\nhello\r\n", SentText(message));
        Assert.Equal(("alice@ours.example", "submissions"), (message.Connection.AuthenticatedAs, message.Connection.Listener));
        Assert.Contains("with ESMTPSA id", StoredText(message), StringComparison.Ordinal);
        Assert.DoesNotContain("for <", StoredText(message), StringComparison.Ordinal); // one recipient must not learn of another
    }

    [Theory]
    [InlineData(@"Subject: x\r\n\r\nDate: in the body\r\n", @"^Message-ID: <[0-9a-f]{32}@mx\.ours\.example>\r\nDate: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r\nFrom: <alice@ours\.example>\r\nSubject: x\r\n\r\nDate: in the body\r\n$")]
    [InlineData(@"Date: x\r\n\r\nbody\r\n", @"^Message-ID: <[0-9a-f]{32}@mx\.ours\.example>\r\nFrom: <alice@ours\.example>\r\nDate: x\r\n\r\nbody\r\n$")]
    [InlineData(@"Message-Id : <x@y>\r\nX: 1\r\n Date: folded\r\n\r\nbody\r\n", @"^Date: .*\r\nFrom: .*\r\nMessage-Id : <x@y>\r\nX: 1\r\n Date: folded\r\n\r\nbody\r\n$")]
    [InlineData(@"Subject: no body\r\n", @"^Message-ID: .*\r\nDate: .*\r\nFrom: .*\r\nSubject: no body\r\n$")]
    [InlineData(@"\r\nno header\r\n", @"^Message-ID: .*\r\nDate: .*\r\nFrom: .*\r\n\r\nno header\r\n$")]
    public async Task Adds_date_message_id_and_from_where_they_are_missing(string sent, string stored)
    {
        await RunAsync(Authenticated + $"""
            C: MAIL FROM:<alice@ours.example>
            C: RCPT TO:<bob@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C~ {sent}.\r\n
            S: 250 2.0.0 …
            """, "submissions");
        Assert.Matches(stored, SentText(TheMessage()));
    }

    [Theory]
    [InlineData(FromCheck.Reject)]
    [InlineData(FromCheck.Off)]
    public async Task A_header_too_long_to_look_at_passes_only_where_nobody_looks(FromCheck check)
    {
        Options = Options with { FromCheck = check };
        var field = $"X-Long: {new string('x', 900)}\r\n";
        await using var session = Connect("submissions");
        var script = new MailMesh.Testing.ProtocolScript(session);
        await script.RunAsync(Authenticated + """
            C: MAIL FROM:<alice@ours.example>
            C: RCPT TO:<bob@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            """);
        for (var i = 0; i < 150; i++)
            await session.SendAsync(field);
        await script.RunAsync($"""
            C:
            C: .
            S: {(check == FromCheck.Off ? "250 2.0.0" : "552 5.3.4 Message header is longer than 128 KiB")}…
            """);
        if (check == FromCheck.Reject)
        {
            Assert.Empty(Intake.Messages);
            Assert.Equal(0, Blobs.Count);
            return;
        }
        Assert.Equal(string.Concat(Enumerable.Repeat(field, 150)) + "\r\n", SentText(TheMessage()));
    }
}
