using System.IO.Compression;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 4978 COMPRESS=DEFLATE.</summary>
[Collection(ImapCollection.Name)]
public sealed class CompressTests(ImapWorld world)
{
    [Fact]
    public async Task Both_sides_deflate_after_the_tagged_reply()
    {
        var (session, script) = await StartAsync();
        await using var _ = session;
        await script.RunAsync("""
            C: c CAPABILITY
            S/ ^\* CAPABILITY (?!.*COMPRESS)
            S: c OK …
            C: d COMPRESS DEFLATE
            S: d NO [COMPRESSIONACTIVE] …
            C: e APPEND INBOX {15}
            S: + …
            C~ Subject: x\r\n\r\nx\r\n
            S: e OK …
            C: f SELECT INBOX
            S> f OK …
            C: g IDLE
            S: + …
            C: DONE
            S: g OK …
            """);
        // What does not fit into one flush, and literals on the client's side.
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\r\n"));
        await session.SendAsync($"h APPEND INBOX {{{body.Length + 2}+}}\r\n\r\n{body}\r\n");
        await script.RunAsync("""
            S> h OK …
            C: i FETCH 2 BODY.PEEK[TEXT]
            S: * 2 FETCH (BODY[TEXT] {…}
            """);
        Assert.Equal(body, Encoding.ASCII.GetString(await session.ReadOctetsAsync(body.Length)));
        await script.RunAsync("S: )\nS: i OK …\nC: j LOGOUT\nS: * BYE …\nS: j OK …\nEND");
    }

    [Fact]
    public async Task Commands_are_bounded_as_ever_however_well_they_compress()
    {
        var (session, script) = await StartAsync();
        await using var _ = session;
        await script.RunAsync($"""
            C: a SEARCH TEXT {new string('x', 500_000)}
            S: …BAD [TOOBIG] …
            C: b NOOP
            S: b OK …
            """);
    }

    [Fact]
    public async Task What_is_no_deflated_stream_ends_the_connection()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($"""
            S: * OK …
            C: a LOGIN {user} "{ImapWorld.Password}"
            S: a OK …
            C: b COMPRESS DEFLATE
            S: b OK …
            """);
        await session.SendAsync(Enumerable.Repeat((byte)0xFF, 100).ToArray());
        await session.Server.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public Task What_is_no_command_for_it() => world.PlayAsync("""
        C: a COMPRESS
        S: a BAD …
        C: b COMPRESS LZMA
        S: b BAD …
        C: c CAPABILITY
        S/ ^\* CAPABILITY .*\bCOMPRESS=DEFLATE\b
        S: c OK …
        """);

    /// <summary>RFC 4978 §3 lets a client send behind the command at once: its octets are the start of its stream.</summary>
    [Fact]
    public async Task What_is_pipelined_behind_the_command_is_deflated()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: a LOGIN {user} "{ImapWorld.Password}"
            S: a OK …
            """);
        using var sent = new MemoryStream();
        sent.Write("b COMPRESS DEFLATE\r\n"u8);
        using (var deflate = new DeflateStream(sent, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write("c NOOP\r\n"u8);
        await session.SendAsync(sent.ToArray());
        await script.RunAsync("S: b OK …");
        session.StartDeflate();
        await script.RunAsync("S: c OK …");
    }

    private async Task<(ScriptedSession Session, ProtocolScript Script)> StartAsync()
    {
        var user = await world.NewAccountAsync();
        var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: a LOGIN {user} "{ImapWorld.Password}"
            S: a OK …
            C: b COMPRESS DEFLATE
            S: b OK …
            """);
        session.StartDeflate();
        return (session, script);
    }
}
