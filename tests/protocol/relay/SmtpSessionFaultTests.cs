using MailMesh.Relay.Client;
using Microsoft.Extensions.Time.Testing;
using static MailMesh.Protocol.Tests.SmtpSessionScript;

namespace MailMesh.Protocol.Tests;

/// <summary>The client's side of RFC 5321, with servers that take no session, break off or fall silent.</summary>
public sealed class SmtpSessionFaultTests
{
    [Theory]
    [InlineData("S: 554 no service", nameof(SmtpStage.Greeting), true)]
    [InlineData("S: 421 busy", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 250 odd", nameof(SmtpStage.Greeting), false)]
    [InlineData("CLOSE", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: HTTP/1.1 400 Bad Request", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 220-no end\nCLOSE", nameof(SmtpStage.Greeting), false)]
    [InlineData("S: 220 hi\nC/ EHLO\nS: 421 closing", nameof(SmtpStage.Hello), false)]
    [InlineData("S: 220 hi\nC/ EHLO\nS: 550 no\nC/ HELO\nS: 550 5.7.1 really", nameof(SmtpStage.Hello), true)]
    [InlineData("S: 220 hi\nC/ EHLO\nCLOSE", nameof(SmtpStage.Hello), false)]
    public async Task A_server_that_takes_no_session_is_a_fault(string transcript, string stageName, bool permanent)
    {
        var stage = Enum.Parse<SmtpStage>(stageName);
        var fault = await OpenFaultAsync(transcript, Settings);
        Assert.Equal((stage, permanent), (fault.Stage, fault.IsPermanent));
        Assert.Matches("^[45]\\.\\d+\\.\\d+$", fault.Status);
    }

    [Fact]
    public async Task Endless_replies_are_bounded()
    {
        var line = new string('x', 100_000);
        Assert.Equal("4.5.0", (await OpenFaultAsync($"S~ 220 {line}", Settings)).Status);
        Assert.Equal("4.5.0", (await OpenFaultAsync($"S: 220 {line}", Settings)).Status);
        Assert.Equal("4.5.0", (await OpenFaultAsync(string.Concat(Enumerable.Repeat("S: 220-more\n", 101)), Settings)).Status);
    }

    [Theory]
    [InlineData("C/ MAIL\nS: 421 4.3.2 shutting down", nameof(SmtpStage.Mail))]
    [InlineData("C/ MAIL\nCLOSE", nameof(SmtpStage.Mail))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 421 bye", nameof(SmtpStage.Rcpt))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nCLOSE", nameof(SmtpStage.Data))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: garbage", nameof(SmtpStage.Data))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nC: x\nC: .\nCLOSE", nameof(SmtpStage.FinalDot))]
    [InlineData("C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nC: x\nC: .\nS: 421 oops", nameof(SmtpStage.FinalDot))]
    public async Task A_session_that_breaks_off_is_a_fault_that_says_where(string transcript, string stageName)
    {
        var stage = Enum.Parse<SmtpStage>(stageName);
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Plain + transcript);
        await using var session = await SmtpSession.OpenAsync(client, Settings);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => session.SendAsync(Message("x\r\n")));
        Assert.Equal((stage, false), (fault.Stage, fault.IsPermanent));
        await script;
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_ends_without_a_final_dot()
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Plain + "C/ MAIL\nS: 250 ok\nC/ RCPT\nS: 250 ok\nC/ DATA\nS: 354 ok\nEND");
        var session = await SmtpSession.OpenAsync(client, Settings);
        await Assert.ThrowsAsync<IOException>(() => session.SendAsync(Message("") with { OpenBody = _ => new(new BrokenStream()) }));
        await session.DisposeAsync();
        await script;
    }

    [Fact]
    public async Task A_silent_server_times_out()
    {
        var clock = new FakeTimeProvider();
        var (client, server) = DuplexStream.Pair();
        await using var silent = server;
        var open = SmtpSession.OpenAsync(client, Settings with { Clock = clock });
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(open.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Timed out before the greeting", (await Assert.ThrowsAsync<SmtpFaultException>(() => open)).Message);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the store is away");
    }
}
