using System.Text;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 3516: parts without their transfer encoding.</summary>
[Collection(ImapCollection.Name)]
public sealed class BinaryTests(ImapWorld world)
{
    private const string Message =
        """
        Subject: parts
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain
        Content-Transfer-Encoding: base64

        aGVsbG8N
        CndvcmxkDQo=
        --b
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64

        YQBi
        --b
        Content-Type: text/plain
        Content-Transfer-Encoding: quoted-printable

        a=3Db =  
        c	 
        =zz
        --b
        Content-Type: text/plain
        Content-Transfer-Encoding: x-own

        whatever
        --b
        Content-Type: message/rfc822

        Subject: inner
        Content-Transfer-Encoding: base64

        aW5uZXI=
        --b--

        """;

    [Fact]
    public async Task Content_comes_decoded()
    {
        await using var session = world.Connect();
        var script = await SelectedAsync(session, Message.ReplaceLineEndings("\r\n"));
        await script.RunAsync("""
            C: a FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY.PEEK[3])
            S: * 1 FETCH (BINARY.SIZE[1] 14 BINARY[1] {14}
            S: hello
            S: world
            S:  BINARY[3] {10}
            S: a=b c
            S: =zz)
            S: a OK …
            C: b FETCH 1 (BINARY.PEEK[1]<2.5> BINARY.PEEK[1]<7> BINARY.PEEK[1]<100.5> BINARY.SIZE[2])
            S: * 1 FETCH (BINARY[1]<2> {5}
            S: llo
            S:  BINARY[1]<7> {7}
            S: world
            S:  BINARY[1]<100> {0}
            S:  BINARY.SIZE[2] 3)
            S: b OK …
            C: c FETCH 1 (BINARY.PEEK[5.1] BINARY.PEEK[9] BINARY.SIZE[9] BINARY.SIZE[])
            S: * 1 FETCH (BINARY[5.1] {5}
            S/ ^inner BINARY\[9\] NIL BINARY\.SIZE\[9\] 0 BINARY\.SIZE\[\] \d+\)$
            S: c OK …
            """);
    }

    /// <summary>RFC 3516 §6: whatever the sender encoded.</summary>
    [Fact]
    public async Task Lines_of_a_text_end_with_CRLF()
    {
        await using var session = world.Connect();
        var script = await SelectedAsync(session, "Subject: x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nYQpiCg==\r\n");
        await script.RunAsync("""
            C: a FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1] BINARY.PEEK[1]<3.1>)
            S: * 1 FETCH (BINARY.SIZE[1] 6 BINARY[1] {6}
            S: a
            S: b
            S:  BINARY[1]<3> {1}
            S: b)
            S: a OK …
            """);
    }

    /// <summary>RFC 4466: only a literal8 holds a NUL.</summary>
    [Fact]
    public async Task A_nul_comes_in_a_literal8()
    {
        await using var session = world.Connect();
        await SelectedAsync(session, Message.ReplaceLineEndings("\r\n"));
        await session.SendAsync("a FETCH 1 BINARY.PEEK[2]\r\n");
        Assert.Equal("* 1 FETCH (BINARY[2] ~{3}", await session.ReadLineAsync());
        Assert.Equal("a\0b)"u8.ToArray(), await session.ReadOctetsAsync(4));
    }

    [Fact]
    public async Task What_nobody_can_decode_is_refused_and_the_rest_comes()
    {
        await using var session = world.Connect();
        var script = await SelectedAsync(session, Message.ReplaceLineEndings("\r\n"), "Subject: x\r\nContent-Transfer-Encoding: BASE64\r\n\r\nYQ==\r\n");
        await script.RunAsync("""
            C: a FETCH 1:2 (BINARY.PEEK[4])
            S: * 2 FETCH (BINARY[4] NIL)
            S: a NO [UNKNOWN-CTE] …
            C: b FETCH 1 (BINARY.SIZE[4])
            S: b NO [UNKNOWN-CTE] …
            C: c FETCH 1 (BODY.PEEK[4])
            S: * 1 FETCH (BODY[4] {8}
            S: whatever)
            S: c OK …
            C: d FETCH 2 (BINARY[1])
            S: * 2 FETCH (BINARY[1] {1}
            S: a FLAGS (\Seen \Recent))
            S: d OK …
            C: e FETCH 1 (BINARY[TEXT.X])
            S: e BAD …
            C: f FETCH 1 BINARY
            S: f BAD …
            C: g FETCH 1 BINARY.SIZE[1]<0.1>
            S: g BAD …
            """);
    }

    /// <summary>What is too large to be held is decoded twice, and cut at the same octets.</summary>
    [Fact]
    public async Task Large_content_comes_decoded()
    {
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        var encoded = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks);
        await using var session = world.Connect();
        await SelectedAsync(session, $"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n");
        await session.SendAsync("a FETCH 1 (BINARY.PEEK[1]<100000.150000> BINARY.SIZE[1])\r\n");
        Assert.Equal("* 1 FETCH (BINARY[1]<100000> ~{150000}", await session.ReadLineAsync());
        Assert.Equal(content.AsSpan(100_000, 150_000).ToArray(), await session.ReadOctetsAsync(150_000));
        Assert.Equal(" BINARY.SIZE[1] 300000)", await session.ReadLineAsync());
    }

    private async Task<ProtocolScript> SelectedAsync(ScriptedSession session, params string[] messages)
    {
        var user = await world.NewAccountAsync();
        foreach (var message in messages)
            await world.AddMessageAsync(user, message);
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: login LOGIN {user} "{ImapWorld.Password}"
            S: login OK …
            C: select SELECT INBOX
            S> select OK …
            """);
        return script;
    }
}
