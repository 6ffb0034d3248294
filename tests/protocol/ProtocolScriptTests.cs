using MailMesh.Testing;
using MailMesh.Wire;
using Xunit.Sdk;

namespace MailMesh.Protocol.Tests;

/// <summary>The transcript runner itself: it must be able to fail.</summary>
public sealed class ProtocolScriptTests
{
    [Fact]
    public async Task Runs_an_exchange_with_pipelining_captures_and_wildcards()
    {
        await using var session = ScriptedSession.Start(EchoAsync);
        var script = new ProtocolScript(session);
        await script.RunAsync("""
            S: hello
            C: one 42
            C: two
            C: three
            S: echo one {number}
            S> echo three
            C: again {number}
            S: echo again {number}
            C~ raw\x41\r\n
            S: echo rawA
            C: quit
            END
            """);
        Assert.Equal("42", script.Captured["number"]);
    }

    [Fact]
    public async Task Fails_when_the_reply_differs()
    {
        await using var session = ScriptedSession.Start(EchoAsync);
        await Assert.ThrowsAsync<FailException>(() => new ProtocolScript(session).RunAsync("S: goodbye"));
    }

    [Fact]
    public async Task Passes_over_lines_up_to_one_and_fails_where_it_does_not_come()
    {
        await using var session = ScriptedSession.Start(EchoAsync);
        var script = new ProtocolScript(session);
        await script.RunAsync("""
            C: a
            C: b
            C: c
            S> echo b
            S: echo c
            C: quit
            """);
        await Assert.ThrowsAsync<FailException>(() => script.RunAsync("S> echo d"));
    }

    [Fact]
    public async Task Tells_sessions_apart()
    {
        await using var first = ScriptedSession.Start(EchoAsync);
        await using var second = ScriptedSession.Start(EchoAsync);
        await new ProtocolScript(first, second).RunAsync("""
            S1: hello
            S2: hello
            C2: b
            C1: a
            S1: echo a
            S2: echo b
            """);
    }

    private static async Task EchoAsync(WireConnection connection, CancellationToken stopping)
    {
        connection.Write("hello\r\n");
        while (true)
        {
            await connection.FlushAsync(TimeSpan.FromSeconds(5), stopping);
            var line = await connection.ReadLineAsync(100, TimeSpan.FromMinutes(1), cancellationToken: stopping);
            if (line.Status == LineStatus.End || line.Text == "quit")
                return;
            connection.Write($"echo {line.Text}\r\n");
        }
    }
}
