using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class SearchTests(ImapWorld world)
{
    private static readonly string[] Messages =
    [
        "From: Alice <alice@example.test>\r\nTo: bob@example.test\r\nSubject: First things\r\nDate: Mon, 7 Feb 1994 23:52:25 -0800\r\nX-Odd: yes\r\n\r\nhello world\r\n",
        "From: bob@example.test\r\nCc: carol@example.test\r\nBcc: dave@example.test\r\nSubject: =?UTF-8?B?5pel5pys6Kqe44Gu5Lu25ZCN?=\r\nDate: Tue, 8 Feb 1994 01:00:00 +0900\r\n"
            + "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\u001b$B$3$s$K$A$O\u001b(B\r\n",
        "Subject: no date\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGlkZGVuIHRyZWFzdXJl\r\n",
    ];

    [Theory]
    [InlineData("ALL", "1 2 3")]
    [InlineData("1:2", "1 2")]
    [InlineData("2:*", "2 3")]
    [InlineData("NOT 2", "1 3")]
    [InlineData("UID 3:9", "3")]
    [InlineData("7:9", "")]
    [InlineData("SEEN", "")]
    [InlineData("UNSEEN 1", "1")]
    [InlineData("FLAGGED", "2")]
    [InlineData("UNFLAGGED", "1 3")]
    [InlineData("KEYWORD $Junk", "2")]
    [InlineData("UNKEYWORD $junk", "1 3")]
    [InlineData("ANSWERED", "")]
    [InlineData("UNDELETED UNDRAFT UNANSWERED", "1 2 3")]
    [InlineData("DELETED", "")]
    [InlineData("DRAFT", "")]
    [InlineData("FROM alice", "1")]
    [InlineData("FROM \"ALICE <alice@EXAMPLE\"", "1")]
    [InlineData("TO bob", "1")]
    [InlineData("CC carol", "2")]
    [InlineData("BCC dave", "2")]
    [InlineData("SUBJECT first", "1")]
    [InlineData("HEADER X-Odd \"\"", "1")]
    [InlineData("HEADER Subject date", "3")]
    [InlineData("HEADER X-None \"\"", "")]
    [InlineData("BODY world", "1")]
    [InlineData("BODY First", "")]
    [InlineData("TEXT First", "1")]
    [InlineData("BODY treasure", "3")]
    [InlineData("TEXT \"no such thing\"", "")]
    [InlineData("OR FROM alice FROM bob", "1 2")]
    [InlineData("OR (FROM alice SUBJECT first) (SUBJECT date NOT SEEN)", "1 3")]
    [InlineData("NOT (OR FROM alice FROM bob)", "3")]
    [InlineData("SENTON 7-Feb-1994", "1")]
    [InlineData("SENTSINCE 8-Feb-1994", "2")]
    [InlineData("SENTBEFORE 8-Feb-1994", "1")]
    [InlineData("SINCE 1-Jan-2000", "1 2 3")]
    [InlineData("BEFORE 1-Jan-2000", "")]
    [InlineData("ON 1-Jan-2000", "")]
    [InlineData("LARGER 120", "1 2")]
    [InlineData("LARGER 4294967296", "")] // RFC 9051 §9: number64
    [InlineData("SMALLER 9223372036854775807", "1 2 3")]
    [InlineData("SMALLER 120", "3")]
    [InlineData("CHARSET UTF-8 SUBJECT \"件名\"", "2")]
    [InlineData("CHARSET utf-8 BODY \"こんにちは\"", "2")]
    [InlineData("CHARSET US-ASCII TEXT hello", "1")]
    public async Task Finds(string keys, string found)
    {
        var script = await SelectedAsync();
        await script.RunAsync($"""
            C: a SEARCH {keys}
            S: * SEARCH{(found.Length > 0 ? " " : "")}{found}
            S: a OK …
            C: b UID SEARCH {keys}
            S: * SEARCH{(found.Length > 0 ? " " : "")}{found}
            S: b OK …
            """);
    }

    /// <summary>RFC 9051 §6.4.4: TEXT looks into MIME header fields, BODY into no field.</summary>
    [Fact]
    public async Task An_attachment_is_found_by_its_name()
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf\r\n"
            + "Content-Disposition: attachment; filename=\"yearly report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n");
        await new ProtocolScript(world.Connect()).RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: s SELECT INBOX
            S> s OK …
            C: a SEARCH TEXT "Report.PDF"
            S: * SEARCH 1
            S: a OK …
            C: b SEARCH BODY "Report.PDF"
            S: * SEARCH
            S: b OK …
            """);
    }

    [Fact]
    public async Task Refuses_what_it_cannot_read()
    {
        var script = await SelectedAsync();
        await script.RunAsync("""
            C: a SEARCH CHARSET KOI8-R SUBJECT x
            S: a NO [BADCHARSET (US-ASCII UTF-8)] …
            C: b SEARCH FUZZY x
            S: b BAD …
            C: b SEARCH LARGER 9223372036854775808
            S: b BAD …
            C: c SEARCH CHARSET UTF-8 SUBJECT {6}
            S: + …
            C: 件名
            S: * SEARCH 2
            S: c OK …
            """);
    }

    private async Task<ProtocolScript> SelectedAsync()
    {
        var user = await world.NewAccountAsync();
        foreach (var message in Messages)
            await world.AddMessageAsync(user, message);
        var script = new ProtocolScript(world.Connect());
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: s SELECT INBOX
            S> s OK …
            C: t STORE 2 +FLAGS.SILENT (\Flagged $Junk)
            S/ ^\* FLAGS
            S/ PERMANENTFLAGS
            S: t OK …
            """);
        return script;
    }
}
