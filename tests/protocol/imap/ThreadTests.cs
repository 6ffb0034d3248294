using System.Globalization;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 5256 THREAD; the algorithms themselves are compared with a model in unit/imap/MessageThreadsTests.cs.</summary>
[Collection(ImapCollection.Name)]
public sealed class ThreadTests(ImapWorld world)
{
    /// <summary>Message 1 is missing a parent, 2 and 3 answer it, 4 answers 3, 5 has 3's subject, 6 and 7 answer a message that is not here.</summary>
    private static readonly (string Id, string? Field, string Subject)[] Messages =
    [
        ("<1@x>", null, "first"),
        ("<2@x>", "References: <1@x>", "Re: first"),
        ("<3@x>", "In-Reply-To: <1@x>", "Re: first"),
        ("<4@x>", "References: <1@x>\r\n\t<\"3\"@x>", "other"),
        ("<5@x>", null, "Re: first"),
        ("<6@x>", "References: <gone@x>", "six"),
        ("<7@x>", "References: <gone@x>", "seven"),
    ];

    [Theory]
    [InlineData("REFERENCES", "(1 (2)(3 4)(5))((6)(7))")]
    [InlineData("REFS", "(1 (2)(3 4))(5)((6)(7))")]
    [InlineData("orderedsubject", "(1 (2)(3)(5))(4)(6)(7)")]
    public async Task Threads(string algorithm, string threads)
    {
        var script = await SelectedAsync(string.Empty);
        await script.RunAsync($"""
            C: a THREAD {algorithm} UTF-8 ALL
            S: * THREAD {threads}
            S: a OK …
            C: b UID THREAD {algorithm} US-ASCII ALL
            S: * THREAD {threads}
            S: b OK …
            C: c THREAD {algorithm} UTF-8 SUBJECT "no such"
            S: * THREAD
            S: c OK …
            C: d THREAD {algorithm} UTF-8 4,6
            S: * THREAD (4)(6)
            S: d OK …
            C: e THREAD {algorithm} X-NONE ALL
            S: e NO [BADCHARSET (US-ASCII UTF-8)] …
            C: f THREAD {algorithm} ALL
            S: f BAD …
            C: g THREAD NONE UTF-8 ALL
            S: g BAD …
            """);
    }

    /// <summary>RFC 5256 §4: the shapes of its examples.</summary>
    [Theory]
    [InlineData("(2)(3 6 (4 23)(44 7 96))", 2, "2: 3: 6:3 4:6 23:4 44:6 7:44 96:7")]
    [InlineData("((3)(5))", 3, "3:1 5:1")]
    public async Task Shapes_are_those_of_the_examples(string expected, int first, string parents)
    {
        var links = parents.Split(' ').Select(link => link.Split(':')).ToList();
        var order = links.Select(link => int.Parse(link[0], CultureInfo.InvariantCulture)).Order().ToList();
        Assert.Equal(first, order[0]);
        var user = await world.NewAccountAsync();
        foreach (var number in order)
        {
            var parent = links.Single(link => link[0] == number.ToString(CultureInfo.InvariantCulture))[1];
            var minute = links.FindIndex(link => link[0] == number.ToString(CultureInfo.InvariantCulture));
            var references = parent.Length == 0 ? "" : $"References: <{parent}@x>\r\n";
            await world.AddMessageAsync(user, $"Message-ID: <{number}@x>\r\nDate: Thu, 1 Jan 2026 10:{minute:00}:00 +0000\r\n{references}Subject: s{number}\r\n\r\n");
        }
        // The numbers of the examples have gaps; ours are their places.
        var place = order.Select((number, i) => (number, i + 1)).ToDictionary();
        var threads = System.Text.RegularExpressions.Regex.Replace(expected, "[0-9]+", match => place[int.Parse(match.Value, CultureInfo.InvariantCulture)].ToString(CultureInfo.InvariantCulture));
        var script = new ProtocolScript(world.Connect());
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: s EXAMINE INBOX
            S> s OK …
            C: a THREAD REFERENCES UTF-8 ALL
            S: * THREAD {threads}
            S: a OK …
            """);
    }

    /// <summary>draft-ietf-morg-inthread: the thread of the last message that came is the last, and in it the messages stand as they were sent.</summary>
    [Fact]
    public async Task Refs_are_by_arrival_and_within_by_sending()
    {
        (int Came, int Sent, string? Parent)[] mails = [(5, 1, null), (20, 3, "<1@x>"), (10, 9, null), (1, 4, null), (2, 5, "<1@x>")];
        var appends = mails.Select((mail, i) =>
        {
            var header = $"Message-ID: <{i + 1}@x>\r\nDate: {mail.Sent} Jan 2020 00:00:00 +0000\r\n{(mail.Parent is null ? "" : $"References: {mail.Parent}\r\n")}\r\n";
            return $$"""
                C: a APPEND INBOX "{{mail.Came:00}}-Jan-2021 00:00:00 +0000" {{{header.Length}}+}
                C~ {{header.Replace("\r\n", "\\r\\n", StringComparison.Ordinal)}}\r\n
                S: a OK …

                """;
        });
        await world.PlayAsync(string.Concat(appends) + """
            C: b SELECT INBOX
            S> b OK …
            C: c THREAD REFS UTF-8 ALL
            S: * THREAD (4)(3)(1 (2)(5))
            S: c OK …
            """);
    }

    private async Task<ProtocolScript> SelectedAsync(string extra)
    {
        var user = await world.NewAccountAsync();
        for (var i = 0; i < Messages.Length; i++)
        {
            var (id, field, subject) = Messages[i];
            await world.AddMessageAsync(user, $"Message-ID: {id}\r\n{(field is null ? "" : field + "\r\n")}Date: Thu, 1 Jan 2026 10:0{i}:00 +0000\r\nSubject: {subject}\r\n\r\n{extra}");
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
