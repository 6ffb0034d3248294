using MailMesh.Access.Imap;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 4469 CATENATE: messages made of parts of others.</summary>
[Collection(ImapCollection.Name)]
public sealed class CatenateTests(ImapWorld world)
{
    private const string Source =
        "Subject: source\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>two\r\n--b--\r\n";

    [Fact]
    public Task Parts_of_other_messages_and_text() => PlayAsync("""
        C: a APPEND Drafts (\Draft) CATENATE (TEXT {19+}
        C~ Subject: new\r\n\r\nx\r\n URL "/INBOX;UIDVALIDITY={validity}/;UID=1/;SECTION=1" URL "/INBOX/;UID=1/;SECTION=2.MIME" TEXT ~{3+}\r\n
        C~ end)\r\n
        S: a OK [APPENDUID {drafts} 1] …
        C: b SELECT Drafts
        S> * OK [UIDVALIDITY {drafts}] …
        S> b OK …
        C: c FETCH 1 (FLAGS BODY.PEEK[])
        S: * 1 FETCH (FLAGS (\Draft \Recent) BODY[] {52}
        S: Subject: new
        S:
        S: x
        S: oneContent-Type: text/html
        S:
        S: end)
        S: c OK …
        """);

    /// <summary>The messages of RFC 5092: keys in any case, escapes, the account by name, a part of a part's octets.</summary>
    [Theory]
    [InlineData("/INBOX;uidvalidity={validity}/;uid=1/;section=1", 3)]
    [InlineData("/inbox/;UID=1/;SECTION=1/;PARTIAL=1.1", 1)]
    [InlineData("/INBOX/;UID=1/;SECTION=1/;PARTIAL=1", 2)]
    [InlineData("/%49NBOX/;UID=1/;SECTION=HEADER.FIELDS%20(subject)", 19)]
    [InlineData("imap://{user}@mail.example.test/INBOX/;UID=1/;SECTION=1", 3)]
    [InlineData("imap://{local};AUTH=*@mail.example.test:143/INBOX/;UID=1/;SECTION=1", 3)]
    [InlineData("imap://mail.example.test/INBOX/;UID=1", 140)]
    [InlineData("imap://IMAP.example.test/INBOX/;UID=1", 140)]
    [InlineData("imap://localhost:2143/INBOX/;UID=1", 140)]
    [InlineData("imap://[::1]:2143/INBOX/;UID=1", 140)]
    [InlineData("imap://127.0.0.1/INBOX/;UID=1", 140)]
    public Task Urls_of_the_account(string url, int octets) => PlayAsync($$"""
        C: a APPEND Drafts CATENATE (TEXT {1+}
        C~ : URL "{{url}}")\r\n
        S: a OK …
        C: b STATUS Drafts (SIZE)
        S: * STATUS Drafts (SIZE {{octets + 1}})
        S: b OK …
        """);

    [Theory]
    [InlineData("/INBOX/;UID=2")]
    [InlineData("/INBOX;UIDVALIDITY=1/;UID=1")]
    [InlineData("/INBOX/;UID=1/;SECTION=3")]
    [InlineData("/INBOX/;UID=1/;SECTION=1.TEXT.X")]
    [InlineData("/Nowhere/;UID=1")]
    [InlineData("/INBOX")]
    [InlineData("/INBOX/;UID=0")]
    [InlineData("/INBOX/;UID=1/;PARTIAL=x")]
    [InlineData("/IN%4/;UID=1")]
    [InlineData("/IN%FF/;UID=1")]
    [InlineData(";UID=1")]
    [InlineData("http://mail.example.test/INBOX/;UID=1")]
    [InlineData("imap://someone@example.test@mail.example.test/INBOX/;UID=1")]
    [InlineData("imap:///INBOX/;UID=1")]
    [InlineData("imap://otherhost/INBOX/;UID=1")]
    [InlineData("imap://mail.example.org/INBOX/;UID=1")]
    [InlineData("imap://badexample.test/INBOX/;UID=1")]
    [InlineData("imap://192.0.2.1/INBOX/;UID=1")]
    [InlineData("imap://[::1/INBOX/;UID=1")]
    [InlineData("imap://:143/INBOX/;UID=1")]
    public Task A_url_that_leads_to_nothing_appends_nothing(string url) => PlayAsync($$"""
        C: a APPEND Drafts {8+}
        C~ A: 1\r\n\r\n CATENATE (TEXT {4+}\r\n
        C~ A: 1 URL "{{url}}" TEXT {4}\r\n
        S: a NO [BADURL "{{url}}"] …
        C: b APPEND Drafts CATENATE (URL {{{url.Length}}+}
        C~ {{url}} TEXT {4+}\r\n
        C~ abcd)\r\n
        S: b NO [BADURL "{{url}}"] …
        C: c STATUS Drafts (MESSAGES)
        S: * STATUS Drafts (MESSAGES 0)
        S: c OK …
        """);

    [Fact]
    public Task Relative_to_the_selected_mailbox() => PlayAsync("""
        C: s EXAMINE INBOX
        S> s OK …
        C: a APPEND Drafts CATENATE (URL "/;UID=1") CATENATE (URL ";UID=1/;SECTION=1")
        S: a OK [APPENDUID {drafts} 1:2] …
        C: b STATUS Drafts (SIZE)
        S: * STATUS Drafts (SIZE 143)
        S: b OK …
        """);

    [Fact]
    public Task The_whole_is_bounded() => PlayAsync($$"""
        C: a APPEND Drafts CATENATE (URL "/INBOX/;UID=1" TEXT {200}
        S: a NO [TOOBIG] …
        C: b APPEND Drafts CATENATE (TEXT {200}
        S: + …
        C~ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        C~ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        C~  URL "/INBOX/;UID=1" TEXT {1+}\r\nx)\r\n
        S: b NO [TOOBIG] …
        C: c APPEND Drafts CATENATE (URL "/INBOX/;UID=1/;PARTIAL=140.1")
        S: c NO [CANNOT] …
        C: d APPEND Nowhere CATENATE (URL "/INBOX/;UID=7" TEXT {200}
        S: d NO [TRYCREATE] …
        C: e APPEND Drafts CATENATE ()
        S: e BAD …
        C: f APPEND Drafts CATENATE (URL "/INBOX/;UID=1"
        S: f BAD …
        # Little text that names much: ten times the largest message is the most that one command may take.
        C: h APPEND Drafts{{string.Concat(Enumerable.Repeat(" CATENATE (URL \"/INBOX/;UID=1\" URL \"/INBOX/;UID=1\")", 11))}}
        S: h NO [TOOBIG] …
        C: g STATUS Drafts (MESSAGES)
        S: * STATUS Drafts (MESSAGES 0)
        S: g OK …
        """, new ImapOptions { MaxAppendBytes = 300 });

    /// <summary>Plays with a session of an account that has the source as INBOX's first message.</summary>
    private async Task PlayAsync(string transcript, ImapOptions? options = null)
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, Source);
        await using var session = world.Connect(world.Server(options));
        var script = new ProtocolScript(session);
        await script.RunAsync($$"""
            S: * OK …
            C: login LOGIN {{user}} "{{ImapWorld.Password}}"
            S: login OK …
            C: validity STATUS INBOX (UIDVALIDITY)
            S: * STATUS INBOX (UIDVALIDITY {validity})
            S: validity OK …
            """);
        await script.RunAsync(transcript
            .Replace("{user}", user, StringComparison.Ordinal)
            .Replace("{local}", user[..user.IndexOf('@', StringComparison.Ordinal)], StringComparison.Ordinal)
            .Replace("{validity}", script.Captured["validity"].TrimEnd(')'), StringComparison.Ordinal));
    }
}
