using System.Buffers;
using System.Text;
using MailMesh.Relay.Client;

namespace MailMesh.Unit.Tests;

public sealed class SmtpReplyParserTests
{
    [Theory]
    [InlineData("250 ok\r\n", 250, "250 ok", null)]
    [InlineData("250\r\n", 250, "250", null)]
    [InlineData("250 ok\n", 250, "250 ok", null)]
    [InlineData("550-5.1.1 no such\r\n550 5.1.1 user\r\n", 550, "550 5.1.1 no such user", "5.1.1")]
    [InlineData("250-one\r\n550 two\r\n", 550, "550 one two", null)]
    [InlineData("450 5.1.1 classes differ\r\n", 450, "450 5.1.1 classes differ", null)]
    [InlineData("550 a\x01\x1b[31mb\r\n", 550, "550 a  [31mb", null)]
    public void A_reply_is_read_in_one_piece_or_octet_by_octet(string octets, int code, string text, string? status)
    {
        foreach (var piece in new[] { octets.Length, 1 })
        {
            var reply = Parse(octets, piece);
            Assert.Equal((code, text, status), (reply!.Code, reply.ToString(), reply.EnhancedStatus));
        }
    }

    [Fact]
    public void What_follows_a_reply_is_left_for_the_next()
    {
        var buffer = new ReadOnlySequence<byte>("250 a\r\n354 b\r\n35"u8.ToArray());
        var parser = new SmtpReplyParser();
        Assert.True(parser.TryParse(ref buffer, out var first));
        Assert.True(parser.TryParse(ref buffer, out var second));
        Assert.False(parser.TryParse(ref buffer, out _));
        Assert.Equal((250, 354, 2L), (first.Code, second.Code, buffer.Length));
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData("25\r\n")]
    [InlineData("150 too low\r\n")]
    [InlineData("650 too high\r\n")]
    [InlineData("250x\r\n")]
    public void What_is_no_reply_is_an_error(string octets) => Assert.Throws<FormatException>(() => Parse(octets, octets.Length));

    [Fact]
    public void A_long_reply_is_shortened_for_the_record() =>
        Assert.Equal(1004, Parse(string.Concat(Enumerable.Repeat($"550-{new string('x', 500)}\r\n", 50)) + "550 x\r\n", 100)!.ToString().Length);

    [Theory]
    [InlineData(2044)] // with code and blank 2,048, CR and LF beside
    [InlineData(3000)]
    [InlineData(60_000)]
    public void The_code_of_a_line_that_is_too_long_counts_and_the_next_reply_is_found(int length)
    {
        var octets = $"550 5.7.1 {new string('x', length - 6)}\r\n";
        foreach (var piece in new[] { octets.Length, 700 })
            Assert.Equal((550, "5.7.1"), (Parse(octets, piece)!.Code, Parse(octets, piece)!.EnhancedStatus));

        var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(octets + "250 next\r\n"));
        var parser = new SmtpReplyParser();
        Assert.True(parser.TryParse(ref buffer, out _));
        Assert.True(parser.TryParse(ref buffer, out var next));
        Assert.Equal((250, true), (next.Code, buffer.IsEmpty));
    }

    [Fact]
    public void A_line_without_end_is_neither_kept_nor_read_for_ever()
    {
        var parser = new SmtpReplyParser();
        Assert.Throws<FormatException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var buffer = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(i == 0 ? "550 " + new string('x', 3000) : new string('5', 3000)));
                Assert.False(parser.TryParse(ref buffer, out _));
                Assert.True(buffer.IsEmpty);
            }
        });
    }

    private static SmtpReply? Parse(string octets, int piece)
    {
        var parser = new SmtpReplyParser();
        var left = Array.Empty<byte>();
        foreach (var chunk in Encoding.UTF8.GetBytes(octets).Chunk(piece))
        {
            var buffer = new ReadOnlySequence<byte>([.. left, .. chunk]);
            if (parser.TryParse(ref buffer, out var reply))
                return reply;
            left = buffer.ToArray();
        }
        return null;
    }
}
