using MailMesh.Search;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 6203 SEARCH=FUZZY, with the full-text index and without it.</summary>
[Collection(ImapCollection.Name)]
public sealed class FuzzyTests(ImapWorld world)
{
    private static readonly string[] Messages =
    [
        "From: Zoë Muster <zoe@example.test>\r\nTo: bob@example.test\r\nSubject: Budget meeting\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee the numbers for the café.\r\n",
        "From: bob@example.test\r\nCc: zoe@example.test\r\nSubject: Lunch\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>No bud<b>get</b>, and no meetings</p>\r\n",
        "From: carol@example.test\r\nSubject: =?utf-8?B?6K2w5LqL6Yyy?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n会議の議事録を送ります\r\n",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Words_are_found_by_how_they_begin(bool indexed)
    {
        var script = await SelectedAsync(indexed);
        await script.RunAsync("""
            C: a1 SEARCH FUZZY TEXT budget
            S: * SEARCH 1 2
            S: a1 OK …
            C: a2 SEARCH FUZZY BODY budget
            S: * SEARCH 2
            S: a2 OK …
            C: a3 SEARCH FUZZY TEXT "numbers meet"
            S: * SEARCH 1
            S: a3 OK …
            C: a4 SEARCH CHARSET UTF-8 FUZZY BODY "cafe"
            S: * SEARCH 1
            S: a4 OK …
            C: a5 SEARCH CHARSET UTF-8 FUZZY TEXT "議事"
            S: * SEARCH 3
            S: a5 OK …
            C: a6 SEARCH CHARSET UTF-8 FUZZY BODY "会議 送"
            S: * SEARCH 3
            S: a6 OK …
            C: a7 SEARCH FUZZY FROM zoe
            S: * SEARCH 1
            S: a7 OK …
            C: a8 SEARCH FUZZY (OR CC "zoe" SUBJECT "meeting budg")
            S: * SEARCH 1 2
            S: a8 OK …
            C: a9 SEARCH NOT FUZZY TEXT meeting
            S: * SEARCH 3
            S: a9 OK …
            C: b1 SEARCH FUZZY TEXT udget
            S: * SEARCH
            S: b1 OK …
            C: b2 SEARCH FUZZY UNSEEN FUZZY 1:2
            S: * SEARCH 1 2
            S: b2 OK …
            C: b3 UID SEARCH RETURN (ALL RELEVANCY) FUZZY TEXT meeting
            S: * ESEARCH (TAG "b3") UID ALL 1:2 RELEVANCY (100 40)
            S: b3 OK …
            C: b4 SORT RETURN (ALL RELEVANCY) (REVERSE RELEVANCY) UTF-8 FUZZY TEXT meeting
            S: * ESEARCH (TAG "b4") ALL 2,1 RELEVANCY (40 100)
            S: b4 OK …
            C: b5 SORT (RELEVANCY) UTF-8 FUZZY TEXT meeting
            S: * SORT 1 2
            S: b5 OK …
            C: b6 SEARCH RETURN (RELEVANCY PARTIAL 2:2) FUZZY TEXT meeting
            S: * ESEARCH (TAG "b6") RELEVANCY (40) PARTIAL (2:2 2)
            S: b6 OK …
            C: b7 ESEARCH IN (inboxes) RETURN (ALL RELEVANCY) FUZZY TEXT meeting
            S: * ESEARCH (TAG "b7" MAILBOX INBOX UIDVALIDITY …) UID ALL 1:2 RELEVANCY (100 40)
            S: b7 OK …
            """);
    }

    [Fact]
    public async Task Plain_search_stays_exact()
    {
        var script = await SelectedAsync(indexed: true);
        await script.RunAsync("""
            C: a SEARCH TEXT udget
            S: * SEARCH 1
            S: a OK …
            C: b SEARCH TEXT "meeting budget"
            S: * SEARCH
            S: b OK …
            """);
    }

    [Fact]
    public async Task Refuses_what_it_cannot_read()
    {
        var script = await SelectedAsync(indexed: false);
        await script.RunAsync("""
            C: a SEARCH FUZZY
            S: a BAD …
            C: b SEARCH FUZZY NOTHING
            S: b BAD …
            C: c SEARCH RETURN (RELEVANCY) TEXT x
            S: c BAD …
            C: d SORT (RELEVANCY) UTF-8 TEXT x
            S: d BAD …
            C: t SEARCH FUZZY (TEXT a TEXT b TEXT c TEXT d TEXT e TEXT f TEXT g TEXT h TEXT i TEXT j TEXT k TEXT l TEXT m TEXT n TEXT o TEXT p TEXT q TEXT r TEXT s TEXT t BODY u)
            S: t BAD …
            C: e SEARCH FUZZY BODY ""
            S: * SEARCH 1 2 3
            S: e OK …
            C: f SEARCH RETURN (RELEVANCY COUNT) FUZZY BODY nowhere
            S: * ESEARCH (TAG "f") COUNT 0
            S: f OK …
            """);
    }

    private async Task<ProtocolScript> SelectedAsync(bool indexed)
    {
        var user = await world.NewAccountAsync();
        foreach (var message in Messages)
            await world.AddMessageAsync(user, message);
        while (indexed && await world.Texts.PendingAsync(100) is { Count: > 0 } pending)
        {
            foreach (var content in await world.Store.ContentsAsync(pending))
                await world.Texts.AddAsync([(content.Id, await MessageTexts.ReadAsync(world.Store, content))]);
        }
        var script = new ProtocolScript(world.Connect());
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: s SELECT INBOX
            S> s OK …
            """);
        return script;
    }
}
