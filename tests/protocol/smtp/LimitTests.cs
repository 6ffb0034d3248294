using System.Net;
using MailMesh.Ingress;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class LimitTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Theory]
    [InlineData(505, "250 2.0.0 Ok")] // 'NOOP ' and CRLF make 512
    [InlineData(506, "500 5.5.2 Line too long (RFC 5321 section 4.5.3.1)")]
    [InlineData(12_000, "500 5.5.2 Line too long (RFC 5321 section 4.5.3.1)")]
    [InlineData(50_000, "500 5.5.2 Line too long (RFC 5321 section 4.5.3.1)")]
    public async Task A_command_line_has_512_octets(int length, string reply)
    {
        await RunAsync($"""
            S: 220 …
            C: NOOP {new string('x', length)}
            S: {reply}
            C: NOOP
            S: 250 2.0.0 Ok
            """);
    }

    [Fact]
    public async Task An_endless_line_takes_no_memory()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync("S: 220 …");
        var piece = new byte[32 * 1024];
        Array.Fill(piece, (byte)'x');
        await session.SendAsync(piece);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 1000; i++)
            await session.SendAsync(piece);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 2_000_000);
        await script.RunAsync("""
            C:
            S: 500 5.5.2 Line too long (RFC 5321 section 4.5.3.1)
            """);
    }

    [Fact]
    public async Task Too_many_mistakes_end_the_session()
    {
        Options = Options with { MaxInvalidCommands = 3 };
        await RunAsync("""
            S: 220 …
            C: A
            C: B
            C: NOOP
            C: C
            C: D
            C: NOOP
            S: 500 …
            S: 500 …
            S: 250 2.0.0 Ok
            S: 500 …
            S: 421 4.7.0 Too many wrong commands, closing connection
            END
            """);
    }

    [Fact]
    public async Task One_address_has_so_many_connections_and_an_exempt_one_any_number()
    {
        Options = Options with { MaxConnectionsPerAddress = 2 };
        await using (var first = await GreetedAsync("192.0.2.1"))
        await using (var second = await GreetedAsync("192.0.2.1"))
        await using (var other = await GreetedAsync("192.0.2.2"))
        {
            await using var third = Connect(remote: IPAddress.Parse("192.0.2.1"));
            await new ProtocolScript(third).RunAsync("""
                S: 421 4.7.0 Too many connections from your address, close some or try again later
                END
                """);
            await using var local1 = await GreetedAsync("127.0.0.1");
            await using var local2 = await GreetedAsync("127.0.0.1");
            await using var local3 = await GreetedAsync("127.0.0.1");
        }
        await using var again = await GreetedAsync("192.0.2.1");
    }

    [Fact]
    public async Task Addresses_of_one_ipv6_network_count_together()
    {
        Options = Options with { MaxConnectionsPerAddress = 1 };
        await using var first = await GreetedAsync("2001:db8::1");
        await using var elsewhere = await GreetedAsync("2001:db8:0:1::1");
        await using var second = Connect(remote: IPAddress.Parse("2001:db8::2"));
        await new ProtocolScript(second).RunAsync("S: 421 4.7.0 …");
    }

    [Fact]
    public async Task All_have_so_many_connections()
    {
        Options = Options with { MaxConnections = 1 };
        await using var first = await GreetedAsync("192.0.2.1");
        await using var second = Connect(remote: IPAddress.Parse("192.0.2.2"));
        await new ProtocolScript(second).RunAsync("""
            S: 421 4.3.2 Too many connections, try again later
            END
            """);
    }

    [Fact]
    public async Task A_silent_client_is_told_and_left()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        await using var session = await GreetedAsync("192.0.2.1");
        clock.Advance(Options.CommandTimeout - TimeSpan.FromSeconds(5));
        await new ProtocolScript(session).RunAsync("""
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the time-out", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(reply.IsCompleted);
        });
        Assert.Equal("421 4.4.2 Timeout, closing connection", SmtpRefusal.Text(await reply));
        Assert.Null(await session.ReadLineAsync());
    }

    [Fact]
    public async Task A_client_that_stops_within_a_message_is_left_and_the_message_with_it()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 …
            S: 250 …
            S: 354 …
            C: half
            """);
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the time-out", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(reply.IsCompleted);
        });
        Assert.Equal("421 4.4.2 Timeout, closing connection", SmtpRefusal.Text(await reply));
        await session.Server;
        Assert.Empty(Intake.Messages);
        Assert.Equal(0, Blobs.OpenWriters);
    }

    [Fact]
    public async Task A_drain_ends_sessions_between_commands()
    {
        await using var session = await GreetedAsync("192.0.2.1");
        session.Stop();
        await new ProtocolScript(session).RunAsync("""
            S: 421 4.3.2 Service is shutting down
            END
            """);
    }

    [Fact]
    public async Task A_drain_lets_a_transaction_come_to_its_end()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            S: 250 …
            """);
        session.Stop();
        await script.RunAsync("""
            C: RCPT TO:<alice@ours.example>
            S: 250 …
            C: DATA
            S: 354 …
            C: .
            S: 250 2.0.0 …
            S: 421 4.3.2 Service is shutting down
            END
            """);
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task A_drain_waits_so_long_for_a_transaction_and_no_longer()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            S: 250 …
            """);
        session.Stop();
        await script.RunAsync("""
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        clock.Advance(TimeSpan.FromSeconds(11));
        await script.RunAsync("""
            S: 421 4.3.2 Service is shutting down
            END
            """);
    }

    [Fact]
    public async Task Who_comes_during_a_drain_is_told_instead_of_greeted()
    {
        var server = Server;
        await using var session = ScriptedSession.Start((connection, _) => server.ServeAsync(connection, SmtpListener.Smtp, new CancellationToken(canceled: true)));
        await new ProtocolScript(session).RunAsync("""
            S: 421 4.3.2 Service is shutting down
            END
            """);
    }

    [Fact]
    public async Task A_drain_lets_a_message_finish()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 …
            S: 250 …
            S: 354 …
            C: half
            """);
        session.Stop();
        await script.RunAsync("""
            C: and half
            C: .
            S: 250 2.0.0 …
            S: 421 4.3.2 Service is shutting down
            END
            """);
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task A_hundred_megabytes_against_the_limit_take_no_memory()
    {
        Blobs = new MemoryBlobStore { Keep = false };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 …
            S: 250 …
            S: 354 …
            """);
        var lines = new byte[64 * 1000];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = (byte)((i % 1000) switch { 998 => '\r', 999 => '\n', _ => 'x' });
        await session.SendAsync(lines);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var sent = 0L; sent < 100_000_000; sent += lines.Length)
            await session.SendAsync(lines);
        // The pipes of the test allocate too: what is asked for is that it does not grow with the message.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000_000);
        await script.RunAsync("""
            C: .
            S: 552 5.3.4 Message size exceeds the limit, which the reply to EHLO names
            """);
    }

    private async Task<ScriptedSession> GreetedAsync(string remote)
    {
        var session = Connect(remote: IPAddress.Parse(remote));
        await new ProtocolScript(session).RunAsync("S: 220 …");
        return session;
    }
}
