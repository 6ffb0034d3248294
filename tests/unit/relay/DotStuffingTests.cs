using System.Buffers;
using System.Text;
using CsCheck;
using MailMesh.Relay.Client;

namespace MailMesh.Unit.Tests;

public sealed class DotStuffingTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab.\r\n"], 0, 30];

    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\n", "a\r\n..\r\n.\r\n")]
    [InlineData("a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n")]
    public void A_message_becomes_the_content_of_DATA(string message, string content) => Assert.Equal(content, Stuff(message));

    [Fact]
    public void The_pieces_in_which_a_message_comes_do_not_matter() => Gen.Select(Text, Text, Text).Sample((a, b, c) =>
        Assert.Equal(Stuff(a + b + c), Stuff(a, b, c)));

    /// <summary>What a server reads back is the message with its line ends mended, and only the end of it looks like the end.</summary>
    [Fact]
    public void Unstuffing_gives_the_message_back() => Text.Sample(message =>
    {
        var content = Stuff(message);
        Assert.EndsWith(".\r\n", content);
        var lines = content[..^3].Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines, line => Assert.NotEqual(".", line));
        Assert.All(lines, line => Assert.True(line.IndexOfAny(['\r', '\n']) < 0));
        var back = string.Join("\r\n", lines.Select(line => line.StartsWith('.') ? line[1..] : line));
        var mended = message.Replace("\r\n", "\n").Replace('\r', '\n').Replace("\n", "\r\n");
        Assert.Equal(mended.Length == 0 || mended.EndsWith("\r\n", StringComparison.Ordinal) ? mended : mended + "\r\n", back);
    });

    private static string Stuff(params string[] pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        var stuffing = new DotStuffing();
        foreach (var piece in pieces)
            stuffing.Write(Encoding.ASCII.GetBytes(piece), output);
        stuffing.Finish(output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
