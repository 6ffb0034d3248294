using MailMesh.Access.Imap;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class BadInputTests(ImapWorld world)
{
    [Fact]
    public Task Commands_are_refused_where_they_are_not_legal() => world.PlayAsync("""
        C: a FETCH 1 FLAGS
        S: a BAD …
        C: b CLOSE
        S: b BAD …
        C: c XYZZY
        S: c BAD …
        C: d
        S: d BAD …
        C:
        S: * BAD …
        C: (
        S: * BAD …
        C: e SELECT
        S: e BAD …
        C: f NOOP
        S: f OK …
        """);

    [Fact]
    public async Task Too_many_bad_commands_end_the_connection()
    {
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync("S: * OK …");
        for (var i = 0; i < ImapOptions.MaxBadCommands; i++)
            await script.RunAsync("C: GET / HTTP/1.1\nS: GET BAD …");
        await script.RunAsync("S: * BYE …\nEND");
    }

    /// <summary>Refusals that are no mistakes of grammar count too.</summary>
    [Fact]
    public async Task A_hundred_failed_commands_in_a_row_end_the_connection()
    {
        var failed = string.Concat(Enumerable.Repeat("C: a SELECT nowhere\nS: a NO …\n", ImapOptions.MaxFailedCommands - 1));
        await world.PlayAsync($"{failed}C: a NOOP\nS: a OK …\n{failed}C: a SELECT nowhere\nS: a NO …\nS: * BYE …\nEND");
    }

    [Fact]
    public async Task A_line_without_end_ends_the_connection()
    {
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync("S: * OK …");
        var sending = session.SendAsync(new byte[2 * 1024 * 1024]);
        await script.RunAsync("S: * BYE [TOOBIG] …\nEND");
        await sending;
    }

    /// <summary>Deep trees and giant headers are answered, bounded, as any other message is.</summary>
    [Fact]
    public async Task Hostile_messages_are_bounded()
    {
        var deep = string.Concat(Enumerable.Range(0, 500).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));
        var giant = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"X-{i}: {i}\r\nTo: a{i}@example.test\r\nSubject: s\r\n"));
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, deep);
        await world.AddMessageAsync(user, giant + "\r\nbody");
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: login LOGIN {user} "{ImapWorld.Password}"
            S: login OK …
            C: select SELECT INBOX
            S> select OK …
            C: a FETCH 1:2 (ENVELOPE BODYSTRUCTURE PREVIEW)
            S/ ^\* 1 FETCH
            S/ ^\* 2 FETCH
            S: a OK …
            C: b FETCH 1 (BINARY.PEEK[{string.Join('.', Enumerable.Repeat("1", 150))}] BODY.PEEK[{string.Join('.', Enumerable.Repeat("1", 150))}.MIME])
            S/ NIL
            S: b OK …
            C: c FETCH 1 BODY[{string.Join('.', Enumerable.Repeat("1", 201))}]
            S: c BAD …
            C: d FETCH 2 BODY.PEEK[HEADER.FIELDS (X-59999 X-1)]
            S: * 2 FETCH (BODY[HEADER.FIELDS (X-59999 X-1)] …
            S> d OK …
            """);
    }

    [Fact]
    public Task A_long_line_is_read_away() => world.PlayAsync($"""
        C: a SEARCH {new string('x', 200_000)}
        S: a BAD [TOOBIG] …
        C: b UID FETCH {string.Join(',', Enumerable.Range(1, 20_000))} FLAGS
        S: b BAD [TOOBIG] …
        C: {new string('c', 100_000)} NOOP
        S: * BAD [TOOBIG] …
        C: {new string('d', 128)} SEARCH {new string('x', 100_000)}
        S: * BAD [TOOBIG] …
        C: e SEARCH {"{3+}"}
        C: ALL{new string('x', 100_000)}
        S: e BAD [TOOBIG] …
        C: f NOOP
        S: f OK …
        """);

    [Fact]
    public Task A_literal_that_is_too_large_is_refused_before_it_comes() => world.PlayAsync("""
        C: a SELECT {1000000}
        S: a BAD [TOOBIG] …
        C: b NOOP
        S: b OK …
        C: c APPEND INBOX {99999999999999999999}
        S: c NO [TOOBIG] …
        C: d NOOP
        S: d OK …
        """);

    /// <summary>RFC 7888 §4: what does not wait for our word cannot be refused before it comes, only by the end of the connection.</summary>
    [Theory]
    [InlineData("SELECT {100000+}", "S: * BYE [TOOBIG] …")]
    [InlineData("APPEND INBOX {5000+}", "S: a NO [TOOBIG] …\n        S: * BYE [TOOBIG] …")]
    public Task A_literal_that_is_too_large_and_on_its_way_ends_the_connection(string command, string replies) => world.PlayAsync(1, $$"""
        C: a {{command}}
        C: {{new string('x', 5000)}}
        {{replies}}
        END
        """, new ImapOptions { MaxAppendBytes = 4096 });

    [Fact]
    public Task A_message_that_nobody_takes_is_read_away() => world.PlayAsync($$"""
        C: a APPEND Nowhere {5+}
        C: 12345
        S: a NO [TRYCREATE] …
        C: b APPEND Nowhere {5+}
        C~ 12345 (\Seen) {3+}\r\n123\r\n
        S: b NO [TRYCREATE] …
        C: d APPEND INBOX (\Recent) {100000+}
        C~ {{new string('x', 100_000)}}\r\n
        S: d BAD …
        C: c NOOP
        S: c OK …
        """);

    [Fact]
    public Task An_absurd_literal_ends_the_connection() => world.PlayAsync("""
        C: a SELECT {99999999999+}
        S: * BYE [TOOBIG] …
        END
        """);

    [Fact]
    public Task An_absurd_message_ends_the_connection() => world.PlayAsync("""
        C: a APPEND INBOX {99999999999+}
        S: a NO [TOOBIG] …
        S: * BYE [TOOBIG] …
        END
        """);

    [Fact]
    public Task Literals_of_one_command_are_bounded_together() => world.PlayAsync($$"""
        C: a RENAME {40000+}
        C: {{new string('x', 40_000)}} {40000}
        S: a BAD [TOOBIG] …
        C: b NOOP
        S: b OK …
        """);

    [Fact]
    public Task An_append_in_the_wrong_state_is_read_away() => PlayFreshAsync("""
        S: * OK …
        C: a APPEND INBOX {5+}
        C: 12345
        S: a BAD …
        C: b APPEND INBOX {5}
        S: b BAD …
        C: c NOOP
        S: c OK …
        """);

    [Fact]
    public Task A_line_that_ends_in_a_bare_lf_still_is_one() => world.PlayAsync("""
        C~ a NOOP\nb NOOP\r\n
        S: a OK …
        S: b OK …
        """);

    [Fact]
    public Task Octets_beyond_ascii_are_refused_politely() => world.PlayAsync("""
        C~ a SELECT "\xff\xfe"\r\n
        S: a BAD …
        C~ \x00\x01\x02\r\n
        S: * BAD …
        C~ b SELECT "a\x00b"\r\n
        S: b BAD …
        C: c NOOP
        S: c OK …
        """);

    private async Task PlayFreshAsync(string transcript)
    {
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync(transcript);
    }
}
