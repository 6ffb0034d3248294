using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 5256 SORT, RFC 5957 SORT=DISPLAY, RFC 5267 ESORT.</summary>
[Collection(ImapCollection.Name)]
public sealed class SortTests(ImapWorld world)
{
    /// <summary>With the dates of arrival apart from those of sending, and sizes that are neither's order.</summary>
    private static readonly (string Arrival, string Message)[] Messages =
    [
        ("03-Jan-2026 10:00:00 +0000",
            "From: Zoe <adam@example.test>\r\nTo: \"ＢＯＢ\" <x@a.test>\r\nCc: m@a.test\r\nSubject: Re: banana\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\nlonger than the others are\r\n"),
        ("01-Jan-2026 10:00:00 +0000",
            "From: =?utf-8?Q?=C3=84nne?= <zack@example.test>\r\nTo: alice@a.test\r\nSubject: apple\r\nDate: Mon, 5 Jan 2026 11:00:00 +0200\r\n\r\n\r\n"),
        ("02-Jan-2026 10:00:00 +0000",
            "From: mike@example.test\r\nSubject: [list] Banana (fwd)\r\n\r\n"),
        ("02-Jan-2026 10:00:00 +0000",
            "From: Bert <BERT@example.test>\r\nTo: bob <y@a.test>\r\nCc: Anna <l@a.test>\r\nSubject: =?utf-8?B?w4RQRkVM?=\r\nDate: Sat, 3 Jan 2026 10:00:00 +0000\r\n\r\nxy\r\n"),
    ];

    [Theory]
    [InlineData("(ARRIVAL)", "2 3 4 1")]
    [InlineData("(REVERSE ARRIVAL)", "1 3 4 2")]
    [InlineData("(reverse arrival reverse size)", "1 4 3 2")]
    [InlineData("(SIZE)", "3 2 4 1")]
    [InlineData("(DATE)", "3 4 2 1")]
    [InlineData("(FROM)", "1 4 3 2")]
    [InlineData("(TO)", "3 2 1 4")]
    [InlineData("(CC)", "2 3 4 1")]
    [InlineData("(SUBJECT)", "2 4 1 3")]
    [InlineData("(REVERSE SUBJECT ARRIVAL)", "3 1 4 2")]
    [InlineData("(SUBJECT REVERSE DATE)", "2 4 1 3")]
    [InlineData("(DISPLAYFROM)", "2 4 3 1")]
    [InlineData("(DISPLAYTO)", "3 2 1 4")]
    [InlineData("(REVERSE DISPLAYTO)", "1 4 2 3")]
    public async Task Sorts(string criteria, string order)
    {
        var script = await SelectedAsync();
        var ordered = order.Split(' ');
        await script.RunAsync($"""
            C: a SORT {criteria} UTF-8 ALL
            S: * SORT {order}
            S: a OK …
            C: b UID SORT {criteria} us-ascii 1:*
            S: * SORT {order}
            S: b OK …
            C: c SORT RETURN (MIN MAX COUNT) {criteria} UTF-8 ALL
            S: * ESEARCH (TAG "c") MIN {ordered[0]} MAX {ordered[^1]} COUNT 4
            S: c OK …
            """);
    }

    [Fact]
    public async Task Returns_and_refuses()
    {
        var script = await SelectedAsync();
        await script.RunAsync("""
            C: a SORT (SUBJECT) UTF-8 SUBJECT "no such"
            S: * SORT
            S: a OK …
            C: b UID SORT RETURN () (REVERSE ARRIVAL) UTF-8 ALL
            S: * ESEARCH (TAG "b") UID ALL 1,3:4,2
            S: b OK …
            C: c UID SORT RETURN (ALL SAVE) (ARRIVAL) UTF-8 SUBJECT banana
            S: * ESEARCH (TAG "c") UID ALL 3,1
            S: c OK …
            C: d FETCH $ UID
            S: * 1 FETCH (UID 1)
            S: * 3 FETCH (UID 3)
            S: d OK …
            C: e SORT (DATE) KOI8-R ALL
            S: e NO [BADCHARSET (US-ASCII UTF-8)] …
            C: f SORT (DATE) ALL
            S: f BAD …
            C: g SORT () UTF-8 ALL
            S: g BAD …
            C: h SORT (REVERSE) UTF-8 ALL
            S: h BAD …
            C: i SORT (REVERSE REVERSE DATE) UTF-8 ALL
            S: i BAD …
            C: j SORT (COLOUR) UTF-8 ALL
            S: j BAD …
            C: k SORT DATE UTF-8 ALL
            S: k BAD …
            C: l SORT (DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE) UTF-8 ALL
            S: l BAD …
            C: m SORT (DATE) "utf-8" CHARSET
            S: m BAD …
            """);
    }

    [Fact]
    public async Task Text_is_compared_without_case_and_ways_of_writing()
    {
        var script = await SelectedAsync();
        await script.RunAsync("""
            C: a SEARCH CHARSET UTF-8 SUBJECT "äpfel"
            S: * SEARCH 4
            S: a OK …
            C: b SEARCH CHARSET UTF-8 TO "Bob"
            S: * SEARCH 1 4
            S: b OK …
            """);
    }

    private async Task<ProtocolScript> SelectedAsync()
    {
        var user = await world.NewAccountAsync();
        var script = new ProtocolScript(world.Connect());
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            """);
        foreach (var (arrival, message) in Messages)
        {
            await script.RunAsync($$"""
                C: p APPEND INBOX "{{arrival}}" {{{System.Text.Encoding.UTF8.GetByteCount(message)}}+}
                C~ {{message.Replace("\r\n", "\\r\\n", StringComparison.Ordinal)}}
                C~ \r\n
                S: p OK …
                """);
        }
        await script.RunAsync("""
            C: s SELECT INBOX
            S> s OK …
            """);
        return script;
    }
}
