using System.Text;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class FetchTests(ImapWorld world)
{
    private const string Multipart =
        """
        From: "Alice \"A\" Example" <alice@example.test>
        To: Team: bob@example.test, carol@example.test;
        Cc: dave@example.test
        Subject: =?UTF-8?B?5pel5pys?=
        Date: Mon, 7 Feb 1994 21:52:25 -0800
        Message-ID: <1@example.test>
        In-Reply-To: <0@example.test>
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8
        Content-Language: en, de

        one
        --b
        Content-Type: message/rfc822
        Content-Disposition: attachment; filename=inner.eml

        Subject: inner
        From: eve@example.test

        two
        lines
        --b--

        """;

    [Fact]
    public async Task Items_of_the_list_alone()
    {
        var script = await SelectedAsync("Subject: hi\r\n\r\nbody\r\n");
        await script.RunAsync("""
            C: a FETCH 1 (UID FLAGS RFC822.SIZE INTERNALDATE)
            S/ ^\* 1 FETCH \(UID 1 FLAGS \(\\Recent\) RFC822\.SIZE 21 INTERNALDATE "[ 123]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d \+0000"\)$
            S: a OK …
            C: b FETCH 1 FAST
            S: * 1 FETCH (FLAGS (\Recent) INTERNALDATE "…" RFC822.SIZE 21)
            S: b OK …
            C: c UID FETCH 1:* FLAGS
            S: * 1 FETCH (UID 1 FLAGS (\Recent))
            S: c OK …
            C: c1 UID FETCH 1 (FLAGS UID FLAGS UID)
            S: * 1 FETCH (FLAGS (\Recent) UID 1)
            S: c1 OK …
            C: d UID FETCH 7 FLAGS
            S: d OK …
            C: e UID FETCH 7:* FLAGS
            S: * 1 FETCH (UID 1 FLAGS (\Recent))
            S: e OK …
            C: f FETCH 2 FLAGS
            S: f BAD …
            C: g FETCH 1 (FLAGS UNKNOWN)
            S: g BAD …
            """);
    }

    [Fact]
    public async Task Envelope_and_structure()
    {
        var script = await SelectedAsync(Multipart.ReplaceLineEndings("\r\n"));
        const string Envelope =
            "(\"Mon, 7 Feb 1994 21:52:25 -0800\" \"=?UTF-8?B?5pel5pys?=\" ((\"Alice \\\"A\\\" Example\" NIL \"alice\" \"example.test\")) "
            + "((\"Alice \\\"A\\\" Example\" NIL \"alice\" \"example.test\")) ((\"Alice \\\"A\\\" Example\" NIL \"alice\" \"example.test\")) "
            + "((NIL NIL \"Team\" NIL)(NIL NIL \"bob\" \"example.test\")(NIL NIL \"carol\" \"example.test\")(NIL NIL NIL NIL)) "
            + "((NIL NIL \"dave\" \"example.test\")) NIL \"<0@example.test>\" \"<1@example.test>\")";
        const string Inner =
            "(NIL \"inner\" ((NIL NIL \"eve\" \"example.test\")) ((NIL NIL \"eve\" \"example.test\")) ((NIL NIL \"eve\" \"example.test\")) NIL NIL NIL NIL NIL)";
        await script.RunAsync(
            $"""
            C: a FETCH 1 ENVELOPE
            S: * 1 FETCH (ENVELOPE {Envelope})
            S: a OK …
            """
            + $"""

            C: b FETCH 1 BODY
            S: * 1 FETCH (BODY (("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 3 0)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 52 {Inner} ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 10 1) 4) "MIXED"))
            S: b OK …
            C: c FETCH 1 BODYSTRUCTURE
            S: * 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" ("charset" "utf-8") NIL NIL "7BIT" 3 0 NIL NIL ("en" "de") NIL)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 52 {Inner} ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 10 1 NIL NIL NIL NIL) 4 NIL ("attachment" ("filename" "inner.eml")) NIL NIL) "MIXED" ("boundary" "b") NIL NIL NIL))
            S: c OK …
            """);
    }

    /// <summary>RFC 9051 §7.5.2, RFC 2231 §3.</summary>
    [Fact]
    public async Task Parameters_that_come_in_pieces_are_put_together()
    {
        var script = await SelectedAsync(
            "Content-Type: text/plain; name*0*=utf-8''%C3%BC; name*1=\" b\"\r\nContent-Disposition: attachment; filename*0=\"long \"; filename*1=name.txt\r\n\r\nx\r\n");
        await script.RunAsync("""
            C: a FETCH 1 BODYSTRUCTURE
            S: * 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("name*" "utf-8''%C3%BC%20b" "CHARSET" "US-ASCII") NIL NIL "7BIT" 3 1 NIL ("attachment" ("filename" "long name.txt")) NIL NIL))
            S: a OK …
            """);
    }

    [Fact]
    public async Task Sections_peek_and_partial()
    {
        var script = await SelectedAsync(Multipart.ReplaceLineEndings("\r\n"));
        await script.RunAsync("""
            C: a FETCH 1 (BODY.PEEK[1] BODY.PEEK[2.TEXT]<0.3> BODY.PEEK[2.TEXT]<100.3> BODY.PEEK[3])
            S: * 1 FETCH (BODY[1] {3}
            S: one BODY[2.TEXT]<0> {3}
            S: two BODY[2.TEXT]<100> {0}
            S:  BODY[3] NIL)
            S: a OK …
            # RFC 9051 §9: number64.
            C: a FETCH 1 (BODY.PEEK[1]<1.9223372036854775807> BODY.PEEK[1]<9223372036854775807.9223372036854775807> BINARY.PEEK[1]<4294967296.1>)
            S: * 1 FETCH (BODY[1]<1> {2}
            S: ne BODY[1]<9223372036854775807> {0}
            S:  BINARY[1]<4294967296> {0}
            S: )
            S: a OK …
            C: b FETCH 1 BODY.PEEK[2.HEADER.FIELDS (Subject "X-None")]
            S: * 1 FETCH (BODY[2.HEADER.FIELDS (Subject X-None)] {18}
            S: Subject: inner
            S:
            S: )
            S: b OK …
            C: c FETCH 1 BODY.PEEK[1.MIME]
            S: * 1 FETCH (BODY[1.MIME] {69}
            S: Content-Type: text/plain; charset=utf-8
            S: Content-Language: en, de
            S:
            S: )
            S: c OK …
            C: d FETCH 1 FLAGS
            S: * 1 FETCH (FLAGS (\Recent))
            S: d OK …
            C: e FETCH 1 BODY[1]
            S: * 1 FETCH (BODY[1] {3}
            S: one FLAGS (\Seen \Recent))
            S: e OK …
            C: f FETCH 1 BODY[1]<1.1>
            S: * 1 FETCH (BODY[1]<1> {1}
            S: n)
            S: f OK …
            """);
    }

    [Fact]
    public async Task Rfc822_items()
    {
        var script = await SelectedAsync("Subject: hi\r\n\r\nbody\r\n", "Subject: ho\r\n\r\n");
        await script.RunAsync("""
            C: a FETCH 1 RFC822.HEADER
            S: * 1 FETCH (RFC822.HEADER {15}
            S: Subject: hi
            S:
            S: )
            S: a OK …
            C: b FETCH 1 (FLAGS RFC822.TEXT)
            S: * 1 FETCH (FLAGS (\Seen \Recent) RFC822.TEXT {6}
            S: body
            S: )
            S: b OK …
            C: c FETCH 2 RFC822
            S: * 2 FETCH (RFC822 {15}
            S: Subject: ho
            S:
            S:  FLAGS (\Seen \Recent))
            S: c OK …
            """);
    }

    [Fact]
    public async Task A_header_of_eight_bits_comes_back_as_it_was()
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, "Subject: 日本\r\nFrom: \"山田\" <y@example.test>\r\n\r\n");
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($$"""
            S: * OK …
            C: l LOGIN {{user}} "{{ImapWorld.Password}}"
            S: l OK …
            C: a EXAMINE INBOX
            S/ FLAGS
            S/ PERMANENT
            S/ EXISTS
            S/ RECENT
            S/ UNSEEN
            S/ UIDVALIDITY
            S/ UIDNEXT
            S/ HIGHESTMODSEQ
            S/ MAILBOXID
            S/ URLMECH
            S: a OK …
            C: b FETCH 1 ENVELOPE
            S: * 1 FETCH (ENVELOPE (NIL {6}
            S: 日本 (({6}
            S: 山田 NIL "y" "example.test")) (({6}
            S: 山田 NIL "y" "example.test")) (({6}
            S: 山田 NIL "y" "example.test")) NIL NIL NIL NIL NIL))
            S: b OK …
            """);
    }

    [Fact]
    public async Task A_large_message_comes_back_octet_for_octet()
    {
        var user = await world.NewAccountAsync();
        var message = new StringBuilder("Subject: large\r\n\r\n");
        for (var i = 0; message.Length < 3_000_000; i++)
            message.Append(i).Append(" the quick brown fox\r\n");
        await world.AddMessageAsync(user, message.ToString());
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($$"""
            S: * OK …
            C: l LOGIN {{user}} "{{ImapWorld.Password}}"
            S: l OK …
            C: a EXAMINE INBOX
            S/ FLAGS
            S/ PERMANENT
            S/ EXISTS
            S/ RECENT
            S/ UNSEEN
            S/ UIDVALIDITY
            S/ UIDNEXT
            S/ HIGHESTMODSEQ
            S/ MAILBOXID
            S/ URLMECH
            S: a OK …
            C: b FETCH 1 BODY.PEEK[]
            S: * 1 FETCH (BODY[] {{{message.Length}}}
            """);
        var octets = new List<byte>();
        while (octets.Count < message.Length)
            octets.AddRange(await session.ReadOctetsAsync(Math.Min(message.Length - octets.Count, 50_000)));
        Assert.Equal(message.ToString(), Encoding.ASCII.GetString([.. octets]));
        await new ProtocolScript(session).RunAsync("""
            S: )
            S: b OK …
            C: c FETCH 1 BODY.PEEK[TEXT]<2000000.10>
            S/ ^\* 1 FETCH \(BODY\[TEXT\]<2000000> \{10\}$
            """);
        Assert.Equal(message.ToString(18 + 2_000_000, 10), Encoding.ASCII.GetString(await session.ReadOctetsAsync(10)));
    }

    /// <summary>A script whose one session has selected a mailbox with these messages.</summary>
    private async Task<ProtocolScript> SelectedAsync(params string[] messages)
    {
        var user = await world.NewAccountAsync();
        foreach (var message in messages)
            await world.AddMessageAsync(user, message);
        var script = new ProtocolScript(world.Connect());
        await script.RunAsync($$"""
            S: * OK …
            C: l LOGIN {{user}} "{{ImapWorld.Password}}"
            S: l OK …
            C: s SELECT INBOX
            S/ FLAGS
            S/ PERMANENT
            S: * {{messages.Length}} EXISTS
            S: * {{messages.Length}} RECENT
            S/ UNSEEN
            S/ UIDVALIDITY
            S/ UIDNEXT
            S/ HIGHESTMODSEQ
            S/ MAILBOXID
            S/ URLMECH
            S: s OK …
            """);
        return script;
    }
}
