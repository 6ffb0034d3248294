using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class ModifiedUtf7Tests
{
    [Theory]
    [InlineData("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")] // RFC 3501 §5.1.3
    [InlineData("送信済み", "&kAFP4W4IMH8-")]
    [InlineData("Tom & Jerry", "Tom &- Jerry")]
    [InlineData("Entwürfe", "Entw&APw-rfe")]
    [InlineData("😀", "&2D3eAA-")]
    public void Encodes_and_decodes(string name, string wire)
    {
        Assert.Equal(wire, ModifiedUtf7.Encode(name));
        Assert.Equal(name, ModifiedUtf7.Decode(wire));
    }

    [Theory]
    [InlineData("&")]
    [InlineData("&ZeVnLIqe")] // not ended
    [InlineData("&AGE-")] // 'a' needs no shift
    [InlineData("&ZeU-&Zyw-")] // two shifts where one does
    [InlineData("&2D0-")] // half a pair
    [InlineData("&Zb-")] // half a unit
    [InlineData("&Z_V-")]
    [InlineData("日本語")] // 8-bit
    [InlineData("a\tb")]
    public void Refuses_what_is_not_the_one_encoding(string wire) => Assert.Null(ModifiedUtf7.Decode(wire));

    [Fact]
    public void Every_name_comes_back() =>
        Gen.String[Gen.Char['\u0001', '\uD7FF'], 0, 40].Sample(name => ModifiedUtf7.Decode(ModifiedUtf7.Encode(name)) == name);

    [Fact]
    public void What_decodes_is_the_encoding_of_what_it_gives() =>
        Gen.String[Gen.Char[' ', '~'], 0, 20].Sample(wire => ModifiedUtf7.Decode(wire) is not { } name || ModifiedUtf7.Encode(name) == wire);
}
