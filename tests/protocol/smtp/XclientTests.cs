using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class XclientTests : SmtpTest
{
    private static readonly IPAddress Peer = IPAddress.Parse("10.9.8.7");

    public XclientTests(SmtpDirectory directory)
        : base(directory)
    {
        Assert.True(NetworkList.TryParse("10.9.0.0/16", out var trusted));
        Options = Options with { XclientNetworks = trusted };
    }

    private const string Capabilities = "(capabilities)";

    /// <summary>From RCPT to the final reply.</summary>
    private const string Message = """

        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.5 …
        C: DATA
        S: 354 …
        C: Subject: x
        C:
        C: x
        C: .
        S: 250 2.0.0 …
        """;

    [Fact]
    public async Task A_trusted_peer_names_the_client_and_the_session_begins_again()
    {
        await TalkAsync("""
            S: 220 …
            C: EHLO proxy.example
            (capabilities)
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
            """ + Message);
        var message = TheMessage();
        Assert.Equal("2001:db8::7", message.Connection.RemoteAddress);
        Assert.Null(message.Connection.RemoteName);
        Assert.StartsWith("Received: from client.example ([IPv6:2001:db8::7])", StoredText(message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_is_kept_with_the_message()
    {
        await TalkAsync("""
            S: 220 …
            C: XCLIENT NAME=Mail.Client.Example ADDR=192.0.2.7
            S: 220 …
            C: EHLO client.example
            (capabilities)
            C: MAIL FROM:<a@b.example>
            S: 250 …
            """ + Message);
        var message = TheMessage();
        Assert.Equal("mail.client.example", message.Connection.RemoteName);
        Assert.StartsWith("Received: from client.example (mail.client.example [192.0.2.7])", StoredText(message), StringComparison.Ordinal);
    }

    /// <summary>A line is too short for all attributes, so that Postfix sends several.</summary>
    [Fact]
    public async Task Several_add_up_and_HELO_counts_until_the_client_says_its_own()
    {
        await TalkAsync("""
            S: 220 …
            C: XCLIENT NAME=mail.client.example ADDR=192.0.2.7
            S: 220 …
            C: XCLIENT PROTO=SMTP HELO=told.example
            S: 220 …
            C: MAIL FROM:<a@b.example> SIZE=1
            S: 555 5.5.4 …
            C: MAIL FROM:<a@b.example>
            S: 250 …
            """ + Message);
        var message = TheMessage();
        Assert.Equal(("mail.client.example", "told.example"), (message.Connection.RemoteName, message.Connection.Helo));
        Assert.Contains(" with SMTP id ", StoredText(message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EHLO_counts_before_HELO_and_PROTO()
    {
        await TalkAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7 PROTO=SMTP HELO=told.example
            S: 220 …
            C: EHLO own.example
            (capabilities)
            C: MAIL FROM:<a@b.example> SIZE=1
            S: 250 …
            """ + Message);
        Assert.Equal("own.example", TheMessage().Connection.Helo);
    }

    [Fact]
    public async Task Another_address_is_another_client()
    {
        await TalkAsync("""
            S: 220 …
            C: XCLIENT NAME=mail.client.example ADDR=192.0.2.7 HELO=told.example LOGIN=alice@ours.example
            S: 220 …
            C: XCLIENT ADDR=192.0.2.8
            S: 220 …
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            C: HELO own.example
            S: 250 …
            C: MAIL FROM:<a@b.example>
            S: 250 …
            """ + Message);
        Assert.Null(TheMessage().Connection.RemoteName);
        Assert.Null(TheMessage().Connection.AuthenticatedAs);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("submission")]
    public async Task LOGIN_is_an_authentication_on_every_listener(string listener)
    {
        await TalkAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7 LOGIN=Alice+40ours.example
            S: 220 …
            C: EHLO client.example
            (capabilities)
            C: MAIL FROM:<bob@ours.example>
            S: 553 5.7.1 …
            C: MAIL FROM:<sales@ours.example>
            S: 250 …
            C: RCPT TO:<anybody@elsewhere.example>
            S: 250 …
            """ + Message, listener);
        Assert.Equal("alice@ours.example", TheMessage().Connection.AuthenticatedAs);
        Assert.Contains(" with ESMTPA id ", StoredText(TheMessage()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody@ours.example")]
    [InlineData("alice@elsewhere.example")]
    [InlineData("alice+2Bdetail@ours.example")]
    [InlineData("sales@ours.example")] // an alias is no account
    [InlineData("postmaster@ours.example")]
    [InlineData("alice")]
    public Task LOGIN_of_no_account_is_refused_and_changes_nothing(string login) => TalkAsync($"""
        S: 220 …
        C: XCLIENT ADDR=192.0.2.7 HELO=told.example LOGIN={login}
        S: 535 5.7.8 XCLIENT LOGIN names no account here
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Send EHLO first
        """);

    [Fact]
    public Task LOGIN_that_is_unavailable_is_nobodys() => TalkAsync("""
        S: 220 …
        C: XCLIENT LOGIN=alice@ours.example HELO=told.example
        S: 220 …
        C: XCLIENT LOGIN=[UNAVAILABLE]
        S: 220 …
        C: MAIL FROM:<alice@ours.example>
        S: 530 5.7.0 …
        """, "submission");

    /// <summary>RFC 3207 §4.2: what was said in clear counts no more.</summary>
    [Fact]
    public Task STARTTLS_forgets_who_was_named_in_clear() => TalkAsync("""
        S: 220 …
        C: XCLIENT LOGIN=alice@ours.example HELO=told.example
        S: 220 …
        C: STARTTLS
        S: 220 2.0.0 …
        TLS
        C: MAIL FROM:<alice@ours.example>
        S: 503 5.5.1 Send EHLO first
        C: HELO own.example
        S: 250 …
        C: MAIL FROM:<alice@ours.example>
        S: 530 5.7.0 …
        """, "submission");

    [Fact]
    public async Task The_client_that_is_named_is_the_one_that_is_counted()
    {
        Options = Options with { MaxConnectionsPerAddress = 1 };
        await using var first = Connect(remote: Peer);
        await new ProtocolScript(first).RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7
            S: 220 …
            """);
        await using var waiting = Connect(remote: Peer); // the peer itself is not limited
        await new ProtocolScript(waiting).RunAsync("S: 220 …");
        await using var second = Connect(remote: Peer);
        await new ProtocolScript(second).RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7
            S: 421 4.7.0 …
            END
            """);
        await new ProtocolScript(first).RunAsync("""
            C: XCLIENT ADDR=192.0.2.8
            S: 220 …
            """);
        await using var third = Connect(remote: Peer);
        await new ProtocolScript(third).RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7
            S: 220 …
            C: XCLIENT PORT=1
            S: 220 …
            """);
    }

    [Fact]
    public async Task LMTP_takes_it_too_for_clients_that_may_use_LMTP()
    {
        Assert.True(NetworkList.TryParse("10.9.0.0/16, 192.0.2.7", out var ours));
        Options = Options with { LmtpNetworks = ours };
        await TalkAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7 NAME=mail.client.example HELO=told.example
            S: 220 …
            """ + "\nC: MAIL FROM:<a@b.example>\nS: 250 …" + Message, "lmtp");
        Assert.Equal(("192.0.2.7", "told.example"), (TheMessage().Connection.RemoteAddress, TheMessage().Connection.Helo));
        Assert.Contains(" with LMTP id ", StoredText(TheMessage()), StringComparison.Ordinal);
        await TalkAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.8
            S: 554 5.7.1 …
            END
            """, "lmtp");
    }

    /// <summary>The name that is told takes the place of the question to the DNS, in the same command as the address or after it.</summary>
    [Theory]
    [InlineData("XCLIENT ADDR=192.0.2.7 NAME=mail.client.example", "250 2.1.5 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7 NAME=[TEMPUNAVAIL]", "250 2.1.5 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7 NAME=[UNAVAILABLE]", "550 5.7.25 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7", "550 5.7.25 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7\nS: 220 …\nC: XCLIENT NAME=mail.client.example", "250 2.1.5 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7 NAME=mail.client.example\nS: 220 …\nC: XCLIENT NAME=[UNAVAILABLE]", "550 5.7.25 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7 NAME=mail.client.example\nS: 220 …\nC: XCLIENT ADDR=192.0.2.8", "550 5.7.25 …")]
    [InlineData("XCLIENT ADDR=192.0.2.7 LOGIN=alice@ours.example", "250 2.1.5 …")] // a known user is no stranger
    public async Task Rules_for_names_go_by_what_is_told(string commands, string answer)
    {
        Policy = Policy with { ReverseMissing = RuleMode.Reject };
        await TalkAsync($"""
            S: 220 …
            C: {commands}
            S: 220 …
            C: HELO client.example
            S: 250 …
            C: MAIL FROM:<alice@ours.example>
            S: 250 …
            C: RCPT TO:<bob@ours.example>
            S: {answer}
            """);
    }

    [Fact]
    public Task A_told_HELO_meets_the_rules_too()
    {
        Policy = Policy with { HeloOurName = RuleMode.Reject };
        return TalkAsync("""
            S: 220 …
            C: XCLIENT ADDR=192.0.2.7 HELO=mx.ours.example
            S/ ^5
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            """);
    }

    [Theory]
    [InlineData("ADDR=192.0.2.300")]
    [InlineData("PORT=65536")]
    [InlineData("LOGIN")]
    [InlineData("")]
    public Task What_is_no_attribute_of_ours_is_refused(string attributes) => TalkAsync($"""
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
        Assert.DoesNotContain("XCLIENT", Ehlo, StringComparison.Ordinal);
    }

    /// <summary>Runs a transcript as the trusted peer; '(capabilities)' stands for the lines of EHLO's reply, XCLIENT among them.</summary>
    private async Task TalkAsync(string transcript, string listener = "smtp")
    {
        await using var session = Connect(listener, Peer);
        var script = new ProtocolScript(session);
        var parts = transcript.Split(Capabilities);
        await script.RunAsync(parts[0]);
        foreach (var part in parts.Skip(1))
        {
            var lines = new List<string?>();
            do
                lines.Add(await session.ReadLineAsync());
            while (lines[^1]?.StartsWith("250-", StringComparison.Ordinal) == true);
            Assert.Contains(lines, line => line?[4..] == "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT");
            await script.RunAsync(part);
        }
    }
}
