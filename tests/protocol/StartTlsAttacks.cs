using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests;

/// <summary>What somebody between client and server may try at STARTTLS, the same for every protocol (CVE-2011-0411 and its kin).</summary>
/// <param name="connect">A session in which the command is legal, on a clock.</param>
public sealed class StartTlsAttacks(Func<TimeProvider, Task<ScriptedSession>> connect)
{
    /// <summary>Each is a case of its own for a theory.</summary>
    public static readonly TheoryData<string> All = [WithTheCommand, AfterTheReply, Endless, Abandoned, Tls10, Tls11];

    private const string WithTheCommand = "octets in clear come with the command, wherever its packets part";
    private const string AfterTheReply = "octets in clear come after the reply";
    private const string Endless = "the handshake never ends";
    private const string Abandoned = "the client goes within the handshake";
    private const string Tls10 = "the client knows TLS 1.0 alone";
    private const string Tls11 = "the client knows TLS 1.1 alone";

    private const byte Alert = 0x15;

    private const int AlertOctets = 7;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(31);

    /// <summary>The command that asks for TLS.</summary>
    public required string Command { get; init; }

    /// <summary>How its reply begins.</summary>
    public required string GoAhead { get; init; }

    /// <summary>A command that would be answered, or remembered.</summary>
    public required string Injected { get; init; }

    /// <summary>A command whose answer shows that the injected one is not known.</summary>
    public required string Probe { get; init; }

    /// <summary>How that answer begins.</summary>
    public required string Answer { get; init; }

    public async Task RunAsync(string attack) => await (attack switch
    {
        WithTheCommand => ComesWithTheCommandAsync(),
        AfterTheReply => ComesAfterTheReplyAsync(),
        Endless => NeverEndsAsync(),
        Abandoned => IsAbandonedAsync(),
        Tls10 => IsOldAsync(1),
        _ => IsOldAsync(2),
    });

    private async Task ComesWithTheCommandAsync()
    {
        var sent = $"{Command}\r\n{Injected}\r\n{Injected}";
        for (var at = 1; at <= Command.Length + 1; at++)
        {
            await using var session = await connect(TimeProvider.System);
            await session.SendAsync(sent[..at]);
            await session.SendAsync(sent[at..]);
            Assert.StartsWith(GoAhead, await session.ReadLineAsync(), StringComparison.Ordinal);
            await session.StartTlsAsync();
            await session.SendAsync($"{Probe}\r\n");
            Assert.StartsWith(Answer, await session.ReadLineAsync(), StringComparison.Ordinal);
        }
    }

    private async Task ComesAfterTheReplyAsync()
    {
        await using var session = await UpToHandshakeAsync();
        await session.SendAsync($"{Injected}\r\n{Probe}\r\n");
        await AssertEndsAsync(session);
    }

    private async Task NeverEndsAsync()
    {
        var clock = new FakeTimeProvider();
        await using var session = await UpToHandshakeAsync(clock);
        await session.SendAsync(new byte[] { 0x16, 0x03, 0x01 });
        // Once may be before the handshake has begun to wait.
        await Wait.UntilAsync("the end of the session", () =>
        {
            clock.Advance(LongEnough);
            return Task.FromResult(session.Server.IsCompleted);
        });
        await AssertEndsAsync(session);
    }

    private async Task IsAbandonedAsync()
    {
        await using var session = await UpToHandshakeAsync();
        await session.SendAsync(OldHello(0x03).AsMemory(0, 20));
        await session.CloseAsync();
        await AssertEndsAsync(session);
    }

    /// <summary>RFC 8996: 1.0 and 1.1 are not for use; the client is told so by an alert.</summary>
    /// <param name="minor">1 for TLS 1.0, 2 for 1.1.</param>
    private async Task IsOldAsync(byte minor)
    {
        await using var session = await UpToHandshakeAsync();
        await session.SendAsync(OldHello(minor));
        var said = await AssertEndsAsync(session);
        Assert.Equal(AlertOctets, said.Length);
        Assert.Equal(70, said[^1]); // RFC 8446 §6: protocol_version
    }

    private async Task<ScriptedSession> UpToHandshakeAsync(TimeProvider? clock = null)
    {
        var session = await connect(clock ?? TimeProvider.System);
        await session.SendAsync($"{Command}\r\n");
        Assert.StartsWith(GoAhead, await session.ReadLineAsync(), StringComparison.Ordinal);
        return session;
    }

    /// <summary>Nothing more comes than an alert of TLS; gives it.</summary>
    private static async Task<byte[]> AssertEndsAsync(ScriptedSession session)
    {
        var said = await session.ReadToEndAsync();
        Assert.True(said.Length == 0 || (said.Length == AlertOctets && said[0] == Alert), $"The server said {Convert.ToHexString(said)}.");
        return said;
    }

    /// <summary>RFC 4346 §7.4.1.2: a ClientHello with nothing newer in it.</summary>
    private static byte[] OldHello(byte minor)
    {
        byte[] hello = [0x03, minor, .. new byte[32], 0x00, 0x00, 0x08, 0xC0, 0x13, 0xC0, 0x0A, 0x00, 0x2F, 0x00, 0x35, 0x01, 0x00];
        byte[] handshake = [0x01, 0x00, 0x00, (byte)hello.Length, .. hello];
        return [0x16, 0x03, 0x01, 0x00, (byte)handshake.Length, .. handshake];
    }
}
