using System.Net;
using MailMesh.Ingress;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>A load balancer before the MX port: its header comes before the greeting, and the client that it names is the one that counts.</summary>
public sealed class ProxyTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public async Task The_header_is_no_early_talk_and_names_the_client()
    {
        await using var session = ThroughProxy();
        await session.SendAsync("PROXY TCP4 192.0.2.77 198.51.100.1 56324 25\r\n");
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            S: 250 …
            C: RCPT TO:<alice@ours.example>
            S: 250 …
            C: DATA
            S: 354 …
            C: x
            C: .
            S: 250 …
            """);
        Assert.Equal("192.0.2.77", TheMessage().Connection.RemoteAddress);
        Assert.Contains("([192.0.2.77])", StoredText(TheMessage()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_talks_early_does_so_behind_the_header_too()
    {
        await using var session = ThroughProxy();
        await session.SendAsync("PROXY TCP4 192.0.2.77 198.51.100.1 56324 25\r\nEHLO early.example\r\n");
        await new ProtocolScript(session).RunAsync("""
            S: 554 5.5.1 You must wait for the greeting …
            END
            """);
    }

    [Fact]
    public async Task Connections_are_counted_by_client()
    {
        Options = Options with { MaxConnectionsPerAddress = 1 };
        await using var first = ThroughProxy();
        await first.SendAsync("PROXY TCP4 192.0.2.77 198.51.100.1 56324 25\r\n");
        await new ProtocolScript(first).RunAsync("S: 220 …");
        await using var second = ThroughProxy();
        await second.SendAsync("PROXY TCP4 192.0.2.78 198.51.100.1 56324 25\r\n");
        await new ProtocolScript(second).RunAsync("S: 220 …");
        await using var third = ThroughProxy();
        await third.SendAsync("PROXY TCP4 192.0.2.77 198.51.100.1 56325 25\r\n");
        await new ProtocolScript(third).RunAsync("""
            S: 421 4.7.0 …
            END
            """);
    }

    [Fact]
    public Task From_anybody_else_a_header_is_no_command() => RunAsync("""
        S: 220 …
        C: PROXY TCP4 192.0.2.77 198.51.100.1 56324 25
        S: 500 5.5.2 …
        """);

    private ScriptedSession ThroughProxy() => ScriptedSession.Start(
        async (connection, stopping) =>
        {
            await connection.ReadProxyHeaderAsync(TimeSpan.FromSeconds(10), stopping);
            await Server.ServeAsync(connection, SmtpListener.Smtp, stopping);
        },
        IPAddress.Parse("10.9.8.7"));
}
