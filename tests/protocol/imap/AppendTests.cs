using MailMesh.Access.Imap;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 3501 APPEND and RFC 3502 MULTIAPPEND, with the literal8 of RFC 3516.</summary>
[Collection(ImapCollection.Name)]
public sealed class AppendTests(ImapWorld world)
{
    [Fact]
    public Task Several_messages_at_once() => world.PlayAsync("""
        C: a SELECT INBOX
        S> * OK [UIDVALIDITY {validity}] …
        S> a OK …
        C: b APPEND INBOX (\Seen) "07-Feb-1994 21:52:25 -0800" {8+}
        C~ A: 1\r\n\r\n
        C~  (\Flagged $Label) {8+}\r\n
        C~ A: 2\r\n\r\n
        C~  {8}\r\n
        S: + …
        C~ A: 3\r\n\r\n
        C~ \r\n
        S: * 3 EXISTS
        S: * 3 RECENT
        S: * FLAGS …
        S: * OK [PERMANENTFLAGS …
        S: b OK [APPENDUID {validity} 1:3] …
        C: c FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])
        S: * 1 FETCH (FLAGS (\Seen \Recent) INTERNALDATE " 8-Feb-1994 05:52:25 +0000" BODY[] {8}
        S: A: 1
        S:
        S: )
        S: * 2 FETCH (FLAGS (\Flagged \Recent $Label) INTERNALDATE "…" BODY[] {8}
        S: A: 2
        S:
        S: )
        S: * 3 FETCH (FLAGS (\Recent) INTERNALDATE "…" BODY[] {8}
        S: A: 3
        S:
        S: )
        S: c OK …
        """);

    /// <summary>RFC 3502 §6.3.11: all or nothing; an empty message takes the command back.</summary>
    [Theory]
    [InlineData("{0}\n        S: a NO [CANNOT] …")]
    [InlineData("{0+}\n        C:\n        S: a NO [CANNOT] …")]
    [InlineData("{5000}\n        S: a NO [TOOBIG] …")]
    [InlineData("(\\Unknown) {8}\n        S: + …\n        C~ A: 2\\r\\n\\r\\n\n        C:\n        S: a BAD …")]
    [InlineData("JUNK\n        S: a BAD …")]
    [InlineData("UTF8 (~{8+}\n        C~ A: 2\\r\\n\\r\\n)\\r\\n\n        S: a BAD …")]
    public Task A_message_that_is_refused_takes_all_with_it(string second) => world.PlayAsync(1, $$"""
        C: a APPEND INBOX {8+}
        C~ A: 1\r\n\r\n
        C:  {{second}}
        C: b STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 0)
        S: b OK …
        """, new ImapOptions { MaxAppendBytes = 4096 });

    [Fact]
    public async Task Messages_of_one_command_are_bounded()
    {
        var messages = string.Concat(Enumerable.Repeat(" {1+}\\r\\nx", MessageArguments.MaxMessages + 1));
        await world.PlayAsync($$"""
            C~ a APPEND INBOX{{messages}}\r\n
            S: a NO [MESSAGELIMIT 500] …
            C: b STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 0)
            S: b OK …
            """);
    }

    [Fact]
    public Task A_blank_behind_the_last_message_is_harmless() => world.PlayAsync("""
        C: a APPEND INBOX {1+}
        C~ x \r\n
        S: a OK [APPENDUID …
        C: b APPEND INBOX {1+}
        C~ x\r\n
        S: b OK [APPENDUID …
        C: c APPEND INBOX
        S: c BAD …
        C: d APPEND INBOX "x"
        S: d BAD …
        C: e APPEND INBOX {1+}
        C~ xy\r\n
        S: e BAD …
        C: f STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 2)
        S: f OK …
        """);

    /// <summary>RFC 3516 §4.4: any octets are taken; what no literal of FETCH can hold is kept encoded.</summary>
    [Fact]
    public Task A_binary_message_is_kept_encoded() => world.PlayAsync("""
        C: a APPEND INBOX ~{100+}
        C~ Mime-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\x01\xff\r\r\n
        S: a OK [APPENDUID …
        C: b APPEND INBOX ~{8}
        S: + …
        C~ A: 1\r\n\r\n\r\n
        S: b OK [APPENDUID …
        C: c APPEND INBOX ~{8+}
        C~ A: \x00\r\n\r\n\r\n
        S: c NO [CANNOT] …
        C: d EXAMINE INBOX
        S> d OK …
        C: e FETCH 1 (BODY.PEEK[TEXT] BODY.PEEK[HEADER.FIELDS (Content-Transfer-Encoding)])
        S: * 1 FETCH (BODY[TEXT] {…}
        S: AAH/DQ==
        S:  BODY[HEADER.FIELDS (Content-Transfer-Encoding)] {37}
        S: Content-Transfer-Encoding: base64
        S:
        S: )
        S: e OK …
        """);
}
