using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>Clients that send just enough to be never silent: what they may take is bounded all the same.</summary>
public sealed class SlownessTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Timeout = "421 4.4.2 Timeout, closing connection";

    private const string ToData = Ehlo + """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: DATA
        S: 250 …
        S: 250 …
        S: 354 …

        """;

    [Fact]
    public async Task A_command_that_comes_by_octets_has_no_more_time_than_another()
    {
        var clock = UseFakeClock();
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync("S: 220 …");
        Assert.InRange(await DripAsync(session, clock, TimeSpan.FromSeconds(10), "N"), Options.CommandTimeout, Options.CommandTimeout * 2);
    }

    [Fact]
    public async Task A_message_that_comes_by_octets_ends()
    {
        var clock = UseFakeClock();
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(ToData);
        Assert.InRange(await DripAsync(session, clock, TimeSpan.FromSeconds(10), "x"), Options.DataTimeout, Options.DataTimeout * 3);
        await session.Server;
        Assert.Empty(Intake.Messages);
        Assert.Equal(0, Blobs.OpenWriters);
    }

    [Fact]
    public async Task A_chunk_that_comes_by_octets_ends()
    {
        var clock = UseFakeClock();
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            S: 250 …
            S: 250 …
            C: BDAT 100000 LAST
            """);
        Assert.InRange(await DripAsync(session, clock, TimeSpan.FromSeconds(10), "x"), Options.DataTimeout, Options.DataTimeout * 3);
    }

    [Fact]
    public async Task A_slow_client_that_keeps_the_rate_is_served_for_as_long_as_it_takes()
    {
        var clock = UseFakeClock();
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(ToData);
        var minute = string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", Options.MinDataRate * 60 / 100));
        for (var minutes = 0; minutes < 60; minutes++)
        {
            await session.SendAsync(minute);
            clock.Advance(TimeSpan.FromSeconds(55));
        }
        await script.RunAsync("""
            C: .
            S: 250 2.0.0 …
            """);
    }

    /// <summary>Replies to commands that came together go out together; but what a client that never stops has not read yet is bounded, and then nothing more is read of it.</summary>
    [Fact]
    public async Task Replies_are_not_heaped_up_for_a_client_that_goes_on_sending()
    {
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync("S: 220 …");
        var sending = session.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\n", 50_000)) + "QUIT\r\n");
        Assert.InRange(await session.WaitingAsync(), 1, 128 * 1024);
        var rest = await session.ReadToEndAsync();
        await sending;
        Assert.Equal(50_001, rest.Count(octet => octet == '\n'));
    }

    private FakeTimeProvider UseFakeClock()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        return clock;
    }

    /// <summary>Sends a piece now and then until the session ends; gives the time that took.</summary>
    private static async Task<TimeSpan> DripAsync(ScriptedSession session, FakeTimeProvider clock, TimeSpan pause, string piece)
    {
        var from = clock.GetTimestamp();
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the time-out", async () =>
        {
            await session.SendAsync(piece);
            clock.Advance(pause);
            return reply.IsCompleted;
        });
        Assert.Equal(Timeout, SmtpRefusal.Text(await reply));
        return clock.GetElapsedTime(from);
    }
}
