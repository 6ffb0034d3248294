namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 4731 ESEARCH, RFC 5182 SEARCHRES, RFC 5032 WITHIN.</summary>
[Collection(ImapCollection.Name)]
public sealed class EsearchTests(ImapWorld world)
{
    /// <summary>Five messages with the UIDs 2 to 6; 1, 2 and 5 are flagged, 3 is old.</summary>
    private const string Selected = """
        C: p APPEND INBOX {11+}
        C: Subject: m0
        S: p OK …
        C: p APPEND INBOX (\Flagged) {11+}
        C: Subject: m1
        S: p OK …
        C: p APPEND INBOX (\Flagged) {11+}
        C: Subject: m2
        S: p OK …
        C: p APPEND INBOX "17-Jul-1996 02:44:25 -0700" {11+}
        C: Subject: m3
        S: p OK …
        C: p APPEND INBOX {11+}
        C: Subject: m4
        S: p OK …
        C: p APPEND INBOX (\Flagged) {11+}
        C: Subject: m5
        S: p OK …
        C: p SELECT INBOX
        S> p OK …
        C: p STORE 1 +FLAGS.SILENT (\Deleted)
        S: p OK …
        C: p EXPUNGE
        S: * 1 EXPUNGE
        S: p OK …

        """;

    [Theory]
    [InlineData("()", "FLAGGED", " ALL 1:2,5", " ALL 2:3,6")]
    [InlineData("(ALL)", "FLAGGED", " ALL 1:2,5", " ALL 2:3,6")]
    [InlineData("(MIN)", "FLAGGED", " MIN 1", " MIN 2")]
    [InlineData("(MAX)", "FLAGGED", " MAX 5", " MAX 6")]
    [InlineData("(COUNT)", "FLAGGED", " COUNT 3", " COUNT 3")]
    [InlineData("(min MAX count all)", "CHARSET UTF-8 FLAGGED", " MIN 1 MAX 5 COUNT 3 ALL 1:2,5", " MIN 2 MAX 6 COUNT 3 ALL 2:3,6")]
    [InlineData("(MIN MAX ALL)", "ANSWERED", "", "")]
    [InlineData("(MIN COUNT)", "ANSWERED", " COUNT 0", " COUNT 0")]
    [InlineData("()", "YOUNGER 3600", " ALL 1:2,4:5", " ALL 2:3,5:6")]
    [InlineData("()", "OLDER 86400", " ALL 3", " ALL 4")]
    [InlineData("()", "NOT OLDER 4294967295", " ALL 1:5", " ALL 2:6")]
    [InlineData("(ALL)", "BODY \"\" SUBJECT m", " ALL 1:5", " ALL 2:6")]
    public Task Returns_what_is_asked_for(string options, string keys, string bySequence, string byUid) => world.PlayAsync(Selected + $"""
        C: a1 SEARCH RETURN {options} {keys}
        S: * ESEARCH (TAG "a1"){bySequence}
        S: a1 OK …
        C: a.2 UID SEARCH return {options} {keys}
        S: * ESEARCH (TAG "a.2") UID{byUid}
        S: a.2 OK …
        """);

    [Fact]
    public Task Refuses_what_it_cannot_read() => world.PlayAsync(Selected + """
        C: a SEARCH RETURN ALL
        S: a BAD …
        C: b SEARCH RETURN (ALL ALL
        S: b BAD …
        C: c SEARCH RETURN (NONE) ALL
        S: c BAD …
        C: d SEARCH RETURN (ALL)
        S: d BAD …
        C: e SEARCH RETURN ( ALL) ALL
        S: e BAD …
        C: f SEARCH OLDER 0
        S: f BAD …
        C: g SEARCH YOUNGER x
        S: g BAD …
        C: h SEARCH RETURN (COUNT) CHARSET KOI8-R ALL
        S: h NO [BADCHARSET (US-ASCII UTF-8)] …
        C: i SEARCH RETURN (ALL) ALL
        S: * ESEARCH (TAG "i") ALL 1:5
        S: i OK …
        """);

    /// <summary>The examples of RFC 5182 §2.3 and §2.4 in their shape.</summary>
    [Fact]
    public Task A_saved_result_stands_for_its_messages() => world.PlayAsync(Selected + """
        C: a1 FETCH $ UID
        S: a1 OK …
        C: a2 SEARCH RETURN (SAVE) FLAGGED
        C: a3 FETCH $ (UID)
        S: a2 OK …
        S: * 1 FETCH (UID 2)
        S: * 2 FETCH (UID 3)
        S: * 5 FETCH (UID 6)
        S: a3 OK …
        C: a4 UID FETCH $ FLAGS
        S: * 1 FETCH (UID 2 FLAGS (\Flagged \Recent))
        S: * 2 FETCH (UID 3 FLAGS (\Flagged \Recent))
        S: * 5 FETCH (UID 6 FLAGS (\Flagged \Recent))
        S: a4 OK …
        C: a5 SEARCH $ SUBJECT m2
        S: * SEARCH 2
        S: a5 OK …
        C: a6 UID SEARCH RETURN (ALL COUNT) NOT UID $
        S: * ESEARCH (TAG "a6") UID COUNT 2 ALL 4:5
        S: a6 OK …
        C: a7 SEARCH RETURN (COUNT SAVE) NOT $
        S: * ESEARCH (TAG "a7") COUNT 2
        S: a7 OK …
        C: a8 STORE $ +FLAGS.SILENT (\Seen)
        S: a8 OK …
        C: a9 SEARCH SEEN
        S: * SEARCH 3 4
        S: a9 OK …
        C: b1 COPY $ Archive
        S: b1 OK [COPYUID … 4:5 1:2] …
        C: b2 SEARCH RETURN (SAVE MIN) FLAGGED
        S: * ESEARCH (TAG "b2") MIN 1
        S: b2 OK …
        C: b3 FETCH $ UID
        S: * 1 FETCH (UID 2)
        S: b3 OK …
        C: b4 SEARCH RETURN (SAVE MIN MAX) FLAGGED
        S: * ESEARCH (TAG "b4") MIN 1 MAX 5
        S: b4 OK …
        C: b5 UID STORE $ +FLAGS.SILENT (\Deleted)
        S: b5 OK …
        C: b6 STORE 3 +FLAGS.SILENT (\Deleted)
        S: b6 OK …
        C: b7 UID EXPUNGE $
        S: * 5 EXPUNGE
        S: * 1 EXPUNGE
        S: b7 OK …
        C: b8 UID MOVE $ Trash
        S: b8 OK …
        C: b9 SEARCH UID $
        S: * SEARCH
        S: b9 OK …
        C: c1 SEARCH RETURN (SAVE) ALL
        S: c1 OK …
        C: c2 MOVE $ Trash
        S: * OK [COPYUID … 3:5 1:3] …
        S: * 3 EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: c2 OK …
        """);

    [Fact]
    public Task A_saved_result_ends_where_the_rfc_ends_it() => world.PlayAsync(Selected + """
        C: a SEARCH RETURN (SAVE) FLAGGED
        S: a OK …
        C: b SEARCH RETURN (SAVE) NO-SUCH-KEY
        S: b BAD …
        C: c SEARCH $
        S: * SEARCH 1 2 5
        S: c OK …
        C: d SEARCH RETURN (SAVE) CHARSET X-NONE ALL
        S: d NO [BADCHARSET …] …
        C: e SEARCH $
        S: * SEARCH
        S: e OK …
        C: f SEARCH RETURN (SAVE) FLAGGED
        S: f OK …
        C: g SELECT INBOX
        S> g OK …
        C: h SEARCH RETURN (COUNT) $
        S: * ESEARCH (TAG "h") COUNT 0
        S: h OK …
        C: i FETCH $,1 UID
        S: i BAD …
        C: j FETCH 1,$ UID
        S: j BAD …
        C: k FETCH $:2 UID
        S: k BAD …
        """);
}
