using System.Net;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class XclientTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public async Task A_trusted_peer_names_the_client_and_the_session_begins_again()
    {
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var trusted));
        Options = Options with { XclientNetworks = trusted };
        await using var session = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(session).RunAsync("""
            S: 220 …
            C: EHLO proxy.example
            S: 250-…
            S: 250-PIPELINING
            S: 250-SIZE …
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-ENHANCEDSTATUSCODES
            S: 250-CHUNKING
            S: 250-STARTTLS
            S: 250 XCLIENT NAME ADDR PORT PROTO HELO
            C: XCLIENT NAME=client.example ADDR=192.0.2.7 PORT=4711
            S: 220 mx.ours.example ESMTP MailMesh
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            C: HELO client.example
            S: 250 …
            C: XCLIENT ADDR=IPV6:2001:db8::7 NAME=[UNAVAILABLE]
            S: 220 …
            C: XCLIENT ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE]
            S: 220 …
            C: HELO client.example
            S: 250 …
            C: MAIL FROM:<a@b.example>
            S: 250 2.1.0 …
            C: XCLIENT ADDR=192.0.2.8
            S: 503 5.5.1 …
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …
            C: DATA
            S: 354 …
            C: x
            C: .
            S: 250 2.0.0 …
            """);
        var message = TheMessage();
        Assert.Equal("2001:db8::7", message.Connection.RemoteAddress);
        Assert.StartsWith("Received: from client.example ([IPv6:2001:db8::7])", StoredText(message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADDR=192.0.2.300")]
    [InlineData("ADDR=2001:db8::7")]
    [InlineData("PORT=65536")]
    [InlineData("LOGIN=alice")]
    [InlineData("ADDR")]
    [InlineData("")]
    public Task What_is_no_attribute_of_ours_is_refused(string attributes) => RunAsync($"""
        S: 220 …
        C: XCLIENT {attributes}
        S: 501 5.5.4 …
        """);

    [Fact]
    public async Task Nobody_else_may_and_it_is_not_offered()
    {
        await using var session = Connect(remote: IPAddress.Parse("198.51.100.1"));
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: XCLIENT ADDR=192.0.2.7
            S: 550 5.7.0 …
            """);
    }
}
