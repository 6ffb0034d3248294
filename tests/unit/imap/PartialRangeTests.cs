using System.Text;
using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class PartialRangeTests
{
    [Theory]
    [InlineData("1:3", 10, "1 2 3")]
    [InlineData("3:1", 10, "1 2 3")]
    [InlineData("-1:-3", 10, "8 9 10")]
    [InlineData("-3:-1", 10, "8 9 10")]
    [InlineData("9:12", 10, "9 10")]
    [InlineData("-9:-12", 10, "1 2")]
    [InlineData("11:12", 10, "")]
    [InlineData("-11:-12", 10, "")]
    [InlineData("1:4294967295", 2, "1 2")]
    [InlineData("-1:-4294967295", 0, "")]
    [InlineData("4294967295:4294967295", 2, "")]
    public void Names_a_part_of_the_results(string text, int count, string expected)
    {
        var range = Parse(text);
        Assert.NotNull(range);
        Assert.Equal(text switch { "3:1" => "1:3", "-3:-1" => "-1:-3", _ => text }, range.Text); // the smaller number first
        var (start, length) = range.Of(count);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(1, count).ToList().GetRange(start, length)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1:")]
    [InlineData("0:1")]
    [InlineData("1:0")]
    [InlineData("-1:2")]
    [InlineData("1:-2")]
    [InlineData("--1:-2")]
    [InlineData("1:*")]
    [InlineData("*:1")]
    [InlineData("+1:2")]
    [InlineData("1:2:3")]
    [InlineData("1:4294967296")]
    public void Refuses_what_is_none(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Both_ends_count_the_same_results() =>
        Gen.Select(Gen.UInt[1, 20], Gen.UInt[1, 20], Gen.Int[0, 25]).Sample((a, b, count) =>
        {
            var (start, length) = Parse($"{a}:{b}")!.Of(count);
            var (mirrored, same) = Parse($"-{a}:-{b}")!.Of(count);
            Assert.Equal((count - start - length, length), (mirrored, same));
            Assert.Equal(Enumerable.Range(1, count).Count(n => n >= Math.Min(a, b) && n <= Math.Max(a, b)), length);
        });

    private static PartialRange? Parse(string text)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(text));
        var range = PartialRange.Parse(ref scanner);
        scanner.ExpectEnd();
        return scanner.Failed ? null : range;
    }
}
