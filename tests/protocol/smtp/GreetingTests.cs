using MailMesh.Ingress;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class GreetingTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public Task Greets_and_says_goodbye() => RunAsync("""
        S: 220 mx.ours.example ESMTP MailMesh
        C: QUIT
        S: 221 2.0.0 Bye
        END
        """);

    [Fact]
    public async Task A_client_that_talks_before_the_greeting_is_refused()
    {
        // RFC 5321 §4.3.1: the client must wait.
        var begin = new TaskCompletionSource();
        await using var session = ScriptedSession.Start(async (connection, stopping) =>
        {
            await begin.Task;
            await Server.ServeAsync(connection, SmtpListener.Smtp, stopping);
        });
        await session.SendAsync("EHLO early.example\r\n");
        begin.SetResult();
        await new ProtocolScript(session).RunAsync("""
            S: 554 5.5.1 You must wait for the greeting (RFC 5321 section 4.3.1)
            END
            """);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /x HTTP/1.0")]
    [InlineData("CONNECT mail.example:25 HTTP/1.1")]
    public Task A_browser_is_cut_off_at_its_first_line(string line) => RunAsync($"""
        S: 220 …
        C: {line}
        C: Host: mail.example
        S: 554 5.5.1 This is not an HTTP server
        END
        """);
}
