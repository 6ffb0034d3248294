using System.Text;
using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class ParsedCommandTests
{
    private static readonly string[] Commands =
    [
        "a CAPABILITY", "a NOOP", "a LOGOUT", "a STARTTLS", "a LOGIN user \"pass word\"", "a AUTHENTICATE PLAIN AGEAYg==", "a SELECT INBOX",
        "a EXAMINE \"a b\"", "a CREATE x (USE (\\Junk))", "a DELETE x", "a RENAME x y", "a SUBSCRIBE x", "a UNSUBSCRIBE x", "a LIST \"\" *",
        "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (a% b*) RETURN (CHILDREN STATUS (MESSAGES UNSEEN))", "a LSUB \"\" %",
        "a STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)", "a CHECK", "a CLOSE", "a UNSELECT", "a EXPUNGE", "a UID EXPUNGE 1:*",
        "a SEARCH CHARSET UTF-8 OR (FROM x NOT SEEN) 1:3,5 SENTSINCE 1-Feb-1994 HEADER X-A \"\" LARGER 10 KEYWORD k UID 4:*",
        "a FETCH 1:* (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (FROM TO)]<0.10> RFC822.SIZE ENVELOPE)", "a UID FETCH 2 FULL", "a STORE 1 +FLAGS.SILENT (\\Seen k)",
        "a UID STORE 1 FLAGS \\Deleted \\Seen", "a COPY 1:2 {3}\r\nx y", "a UID MOVE 9 y", "a IDLE", "a NAMESPACE", "a ENABLE X", "a ID (\"name\" NIL)", "a ID NIL",
        "a APPEND x CATENATE (URL \"/x/;UID=1\" URL {2+}\r\nab TEXT ~{5+}\r\n", "a APPEND x UTF8 (~{3}\r\n", "a REPLACE 1 x {3}\r\n", "a UID REPLACE 1 x CATENATE (URL x)",
        "a FETCH 1 (BINARY.PEEK[1]<0.1> BINARY.SIZE[1.2] PREVIEW (LAZY))", "a COMPRESS DEFLATE", "a GENURLAUTH x INTERNAL y INTERNAL", "a RESETKEY x INTERNAL", "a RESETKEY",
        "a URLFETCH x (y BINARY BODYPARTSTRUCTURE)", "a LANGUAGE en", "a GETJMAPACCESS", "a APPEND x (\\Seen) \" 1-Feb-1994 00:00:00 +0000\" {30}\r\n",
    ];

    public static TheoryData<string> Everything => [.. Commands];

    [Theory]
    [MemberData(nameof(Everything))]
    public void Each_command_parses(string command) => Assert.Null(ParsedCommand.Parse(Encoding.UTF8.GetBytes(command)).Error);

    [Theory]
    [InlineData("")]
    [InlineData(" NOOP")]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData("a+ NOOP")]
    [InlineData("a NOOP x")]
    [InlineData("a XYZZY")]
    [InlineData("a UID")]
    [InlineData("a UID NOOP")]
    [InlineData("a LOGIN x")]
    [InlineData("a FETCH 1")]
    [InlineData("a FETCH 1 (FLAGS")]
    [InlineData("a FETCH 1 ()")]
    [InlineData("a FETCH 1 (FLAGS ALL)")]
    [InlineData("a FETCH 1 BODY[]<0.0>")]
    [InlineData("a FETCH 1 BODY[]<9223372036854775808.1>")]
    [InlineData("a FETCH 1 BODY[]<1.>")]
    [InlineData("a STORE 1 FLAGS (\\Recent)")]
    [InlineData("a STORE 1 FLAGS (\\Unknown)")]
    [InlineData("a SEARCH")]
    [InlineData("a SEARCH CHARSET UTF-8")]
    [InlineData("a SEARCH OR SEEN")]
    [InlineData("a SEARCH (SEEN")]
    [InlineData("a SEARCH SINCE yesterday")]
    [InlineData("a LIST \"\" x RETURN (WHATEVER)")]
    [InlineData("a LIST (RECURSIVEMATCH) \"\" *")]
    [InlineData("a STATUS x ()")]
    [InlineData("a SELECT &Jjo")]
    public void What_is_no_command_is_refused(string command) => Assert.NotNull(ParsedCommand.Parse(Encoding.UTF8.GetBytes(command)).Error);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.NotNull(ParsedCommand.Parse(Encoding.ASCII.GetBytes("a SEARCH " + new string('(', 30_000))).Error);
        Assert.NotNull(ParsedCommand.Parse(Encoding.ASCII.GetBytes("a SEARCH " + string.Concat(Enumerable.Repeat("NOT ", 15_000)) + "SEEN")).Error);
    }

    [Fact]
    public void Any_octets_give_a_command_or_an_error() =>
        Gen.Select(Gen.Int[0, Commands.Length - 1].Select(i => Commands[i]), Gen.Byte.Array[0, 12], Gen.Int[0, 100], Gen.Int[0, 12]).Sample(
            (command, noise, at, cut) =>
            {
                var octets = Encoding.UTF8.GetBytes(command);
                at = Math.Min(at, octets.Length);
                byte[] mutated = [.. octets[..at], .. noise, .. octets[Math.Min(octets.Length, at + cut)..]];
                var parsed = ParsedCommand.Parse(mutated);
                _ = MessageArguments.AreAhead(mutated, isUtf8: false);
                return parsed.Command is not null ^ parsed.Error is not null;
            },
            iter: 20_000);
}
