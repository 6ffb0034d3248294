using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class StartTlsTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public async Task Protects_the_session_and_forgets_what_came_before()
    {
        await RunAsync(Ehlo + """
            C: STARTTLS
            S: 220 2.0.0 Ready to start TLS
            TLS
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            C: EHLO client.example
            S: 250-mx.ours.example greets client.example
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
            S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
            S: 250 REQUIRETLS
            C: STARTTLS
            S: 503 5.5.1 TLS is active already
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: x
            C: .
            S: 250 2.0.0 …
            """);
        var message = TheMessage();
        Assert.StartsWith("TLSv1.", message.Connection.Tls, StringComparison.Ordinal);
        Assert.Matches(@"with ESMTPS id [0-9a-f]{32}\r\n\tfor <alice@ours\.example>\r\n\ttls TLS_[A-Z0-9_]+;\r\n", StoredText(message));
    }

    [Fact]
    public async Task What_was_sent_in_clear_behind_it_is_thrown_away()
    {
        // CVE-2011-0411: RSET here would be answered inside the protected session.
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo);
        await session.SendAsync("STARTTLS\r\nMAIL FROM:<injected@b.example>\r\n");
        await script.RunAsync("""
            S: 220 2.0.0 …
            TLS
            C: NOOP
            S: 250 2.0.0 Ok
            C: EHLO client.example
            S/ ^250-
            """);
    }

    [Fact]
    public Task Is_refused_where_it_makes_no_sense() => RunAsync("""
        S: 220 …
        C: STARTTLS
        S: 503 5.5.1 Send EHLO first
        C: HELO client.example
        S: 250 …
        C: STARTTLS now
        S: 501 5.5.4 No arguments allowed
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: STARTTLS
        S: 503 5.5.1 Not allowed during a mail transaction
        """);

    [Fact]
    public Task Submission_offers_authentication_only_afterwards() => RunAsync(Ehlo + """
        C: AUTH PLAIN AGFsaWNlAHB3
        S: 538 5.7.11 …
        C: STARTTLS
        S: 220 2.0.0 …
        TLS
        C: EHLO client.example
        S: 250-…
        S: 250-PIPELINING
        S: 250-SIZE …
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-FUTURERELEASE 7948800 …
        S: 250-DSN
        S: 250-MT-PRIORITY MIXER
        S: 250-DELIVERBY 60
        S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
        S: 250-REQUIRETLS
        S: 250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN
        """, "submission");
}
