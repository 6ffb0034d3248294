using System.Text;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 6858: messages with UTF-8 in headers, for clients that have not enabled it; and MESSAGE/GLOBAL for those that have (RFC 9051 §9).</summary>
[Collection(ImapCollection.Name)]
public sealed class DowngradeTests(ImapWorld world)
{
    private const string Header = "From: Jürgen <jü@x.test>\r\nTo: ä <a@bücher.test>\r\nSubject: Grüße\r\nX-Any: ü\r\nContent-Type: text/plain; name=\"ü.txt\"\r\n\r\n";

    private const string Shown =
        "From: =?utf-8?B?SsO8cmdlbiA8asO8QHgudGVzdD4=?=\r\n <invalid@internationalized-address.invalid>\r\nTo: =?utf-8?B?w6Q=?=\r\n <a@xn--bcher-kva.test>\r\n"
        + "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\nContent-Type: text/plain;\r\n name*=utf-8''%C3%BC.txt\r\n\r\n";

    /// <summary>Two sessions that have selected INBOX with this message; the second takes UTF-8.</summary>
    private static string Selected(string message, string enabled = "UTF8=ACCEPT") => $"""
        C2: p ENABLE {enabled}
        S2: * ENABLED …
        S2: p OK …
        C2~ p APPEND INBOX (\Seen) {(enabled == "UTF8=ACCEPT" ? $"UTF8 (~{Sent(message)})" : Sent(message))}\r\n
        S2: p OK …
        C1: p SELECT INBOX
        S1> p OK …
        C2: p SELECT INBOX
        S2> p OK …

        """;

    [Fact]
    public Task Sections_are_those_of_what_is_shown() => world.PlayAsync(2, Selected(Header + "böd") + $$"""
        C1: a FETCH 1 (BODY.PEEK[])
        {{Reply("S1", "* 1 FETCH (BODY[] " + Literal(Shown + "böd") + ")")}}
        S1: a OK …
        C1: b FETCH 1 (BODY.PEEK[HEADER] BODY.PEEK[TEXT] RFC822.SIZE)
        {{Reply("S1", "* 1 FETCH (BODY[HEADER] " + Literal(Shown) + " BODY[TEXT] " + Literal("böd") + " RFC822.SIZE " + $"{Octets(Shown + "böd")})")}}
        S1: b OK …
        C1: c FETCH 1 BODY.PEEK[HEADER.FIELDS (subject x-any)]
        {{Reply("S1", "* 1 FETCH (BODY[HEADER.FIELDS (subject x-any)] " + Literal("Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\n") + ")")}}
        S1: c OK …
        C1: d FETCH 1 BODY.PEEK[]<{{Octets(Shown) - 4}}.5>
        {{Reply("S1", $"* 1 FETCH (BODY[]<{Octets(Shown) - 4}> {Literal("\r\n\r\nb")})")}}
        S1: d OK …
        C1: e FETCH 1 (RFC822)
        {{Reply("S1", "* 1 FETCH (RFC822 " + Literal(Shown + "böd") + ")")}}
        S1: e OK …
        C1: f FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1] BODY.PEEK[1])
        {{Reply("S1", "* 1 FETCH (BINARY[1] " + Literal("böd") + " BINARY.SIZE[1] 4 BODY[1] " + Literal("böd") + ")")}}
        S1: f OK …
        C2: a FETCH 1 (BODY.PEEK[] RFC822.SIZE)
        {{Reply("S2", "* 1 FETCH (BODY[] " + Literal(Header + "böd") + " RFC822.SIZE " + $"{Octets(Header + "böd")})")}}
        S2: a OK …
        """);

    [Fact]
    public Task Envelope_and_structure_are_too() => world.PlayAsync(2, Selected(Header + "böd") + $$"""
        C1: a FETCH 1 (ENVELOPE)
        S1: * 1 FETCH (ENVELOPE (NIL "=?utf-8?B?R3LDvMOfZQ==?=" (("=?utf-8?B?SsO8cmdlbiA8asO8QHgudGVzdD4=?=" NIL "invalid" "internationalized-address.invalid")) (("=?utf-8?B?SsO8cmdlbiA8asO8QHgudGVzdD4=?=" NIL "invalid" "internationalized-address.invalid")) (("=?utf-8?B?SsO8cmdlbiA8asO8QHgudGVzdD4=?=" NIL "invalid" "internationalized-address.invalid")) (("=?utf-8?B?w6Q=?=" NIL "a" "xn--bcher-kva.test")) NIL NIL NIL NIL))
        S1: a OK …
        C1: b FETCH 1 (BODYSTRUCTURE)
        S1: * 1 FETCH (BODYSTRUCTURE ("TEXT" "PLAIN" ("name*" "utf-8''%C3%BC.txt" "CHARSET" "US-ASCII") NIL NIL "7BIT" 4 0 NIL NIL NIL NIL))
        S1: b OK …
        C1: c FETCH 1 (RFC822.SIZE ENVELOPE)
        S1/ ^\* 1 FETCH \(RFC822.SIZE {{Octets(Shown + "böd")}} ENVELOPE
        S1: c OK …
        C1: d SEARCH CHARSET UTF-8 SUBJECT {6+}
        C1: Grüß FROM {4+}
        C1: jü@
        S1: * SEARCH 1
        S1: d OK …
        """);

    /// <summary>UTF-8 stays UTF-8 in a copy, and in what is made of a URL.</summary>
    [Fact]
    public Task What_is_kept_is_not_changed() => world.PlayAsync(2, Selected(Header + "x") + $$"""
        C1: a COPY 1 Archive
        S1: a OK …
        C1: b APPEND Archive CATENATE (URL "/INBOX/;UID=1")
        S1: b OK …
        C2: b SELECT Archive
        S2> b OK …
        C2: c FETCH 1:2 (BODY.PEEK[])
        {{Reply("S2", "* 1 FETCH (BODY[] " + Literal(Header + "x") + ")")}}
        {{Reply("S2", "* 2 FETCH (BODY[] " + Literal(Header + "x") + ")")}}
        S2: c OK …
        """);

    [Fact]
    public Task Rev2_takes_UTF8() => world.PlayAsync(2, Selected(Header + "x", "IMAP4rev2") + $$"""
        C2: a FETCH 1 (BODY.PEEK[])
        {{Reply("S2", "* 1 FETCH (BODY[] " + Literal(Header + "x") + ")")}}
        S2: a OK …
        """);

    /// <summary>They are in no charset that we know.</summary>
    [Fact]
    public Task Octets_that_are_not_UTF8_stay() => world.PlayAsync("""
        C~ a APPEND INBOX {15+}\r\nSubject: \xfc\r\n\r\nx\r\n
        S: a OK …
        C: b SELECT INBOX
        S> b OK …
        C: c FETCH 1 (BODY.PEEK[HEADER] RFC822.SIZE)
        S: * 1 FETCH (BODY[HEADER] {14}
        S/ ^Subject: .$
        S:
        S:  RFC822.SIZE 15)
        S: c OK …
        """);

    /// <summary>Programs that write what they like into headers did so before UTF-8 had a place there: such a message is every client's as it is.</summary>
    [Fact]
    public Task Undeclared_UTF8_stays() => world.PlayAsync(2, """
        C1~ a APPEND INBOX (\Seen) {18+}\r\nSubject: ü\r\n\r\nx\r\n\r\n
        S1: a OK …
        C1: b SELECT INBOX
        S1> b OK …
        C1: c FETCH 1 (RFC822.SIZE BODY.PEEK[])
        S1: * 1 FETCH (RFC822.SIZE 18 BODY[] {18}
        S1: Subject: ü
        S1:
        S1: x
        S1: )
        S1: c OK …
        C1: d FETCH 1 (ENVELOPE)
        S1: * 1 FETCH (ENVELOPE (NIL {2}
        S1: ü NIL NIL NIL NIL NIL NIL NIL NIL))
        S1: d OK …
        """);

    /// <summary>A message that came by SMTPUTF8, with its Return-Path; a copy of it, and one made of its URL, are such as well.</summary>
    [Theory]
    [InlineData(true, "=?utf-8?B?w7w=?=")]
    [InlineData(false, "ü")]
    public async Task Delivered_mail_says_what_it_is(bool smtputf8, string subject)
    {
        var user = await world.NewAccountAsync();
        await world.DeliverAsync(user, "Subject: ü\r\n\r\nx\r\n", smtputf8);
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($$"""
            S: * OK …
            C: l LOGIN {{user}} "{{ImapWorld.Password}}"
            S: l OK …
            C: a EXAMINE INBOX
            S> a OK …
            C: b FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
            S: * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)] {…}
            S: Subject: {{subject}}
            S:
            S: )
            S: b OK …
            C: c COPY 1 Archive
            S: c OK …
            C: d APPEND Archive CATENATE (URL "/INBOX/;UID=1")
            S: d OK …
            C: e EXAMINE Archive
            S> e OK …
            C: f FETCH 1:2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
            S> Subject: {{subject}}
            S> Subject: {{subject}}
            S> f OK …
            """);
    }

    private const string Forward =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/global\r\n\r\nSubject: ü\r\n\r\none\r\n--b\r\n"
        + "Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA==\r\n--b--\r\n";

    /// <summary>RFC 6855 §7.</summary>
    [Theory]
    [InlineData("UTF8=ACCEPT")]
    [InlineData("IMAP4rev2")]
    public Task A_global_message_is_a_message_to_who_takes_UTF8(string enabled) => world.PlayAsync(2, Selected(Forward, enabled) + $$"""
        C2: a FETCH 1 (BODY)
        {{Reply("S2", "* 1 FETCH (BODY ((\"MESSAGE\" \"GLOBAL\" NIL NIL NIL \"7BIT\" 18 (NIL " + Literal("ü") + " NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3 0) 2)(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"BASE64\" 16) \"MIXED\"))")}}
        S2: a OK …
        C2: b FETCH 1 (BODY.PEEK[1.HEADER] BODY.PEEK[1.TEXT] BODY.PEEK[1.1] BODY.PEEK[1.1.MIME])
        {{Reply("S2", "* 1 FETCH (BODY[1.HEADER] " + Literal("Subject: ü\r\n\r\n") + " BODY[1.TEXT] {3}\r\none BODY[1.1] {3}\r\none BODY[1.1.MIME] " + Literal("Subject: ü\r\n\r\n") + ")")}}
        S2: b OK …
        C1: a FETCH 1 (BODY)
        S1: * 1 FETCH (BODY (("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 32 (NIL "=?utf-8?B?w7w=?=" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3 0) 2)("MESSAGE" "GLOBAL" NIL NIL NIL "BASE64" 16) "MIXED"))
        S1: a OK …
        C1: b FETCH 1 (BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[1.1])
        {{Reply("S1", "* 1 FETCH (BODY[1] " + Literal("Subject: =?utf-8?B?w7w=?=\r\n\r\none") + " BODY[1.MIME] " + Literal("Content-Type: message/rfc822\r\n\r\n") + " BODY[1.1] {3}\r\none)")}}
        S1: b OK …
        C1: c SEARCH BODY one
        S1: * SEARCH 1
        S1: c OK …
        """);

    /// <summary>A reply of several lines.</summary>
    private static string Reply(string session, string text) => string.Join('\n', text.Split("\r\n").Select(line => $"{session}: {line}"));

    private static int Octets(string text) => Encoding.UTF8.GetByteCount(text);

    private static string Literal(string text) => $"{{{Octets(text)}}}\r\n{text}";

    /// <summary>A literal as a line has it whose escapes are sent as octets.</summary>
    private static string Sent(string text) =>
        $"{{{Octets(text)}+}}\\r\\n{text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}";
}
