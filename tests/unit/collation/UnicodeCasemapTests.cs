using System.Buffers;
using System.Text;
using CsCheck;
using MailMesh.Collation;

namespace MailMesh.Unit.Tests.Collation;

public sealed class UnicodeCasemapTests
{
    [Theory]
    [InlineData("hello", "HELLO")]
    [InlineData("Grüße", "GRU\u0308ßE")]
    [InlineData("caf\u00E9", "CAFE\u0301")]
    [InlineData("ＡＢＣ１２３", "ABC123")]
    [InlineData("ｶﾞ", "カ\u3099")]
    [InlineData("ガ", "カ\u3099")]
    [InlineData("ﬁn", "FIN")]
    [InlineData("ǆ", "DZ\u030C")]
    [InlineData("日本語", "日本語")]
    [InlineData("한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("가", "\u1100\u1161")]
    [InlineData("Ω", "Ω")]
    [InlineData("\u2126", "Ω")]
    [InlineData("привет", "ПРИВЕТ")]
    [InlineData("𐐨", "𐐀")]
    [InlineData("\u212B", "A\u030A")]
    [InlineData("①", "1")]
    [InlineData("", "")]
    public void Folds(string text, string folded) => Assert.Equal(folded, UnicodeCasemap.Fold(text));

    [Fact]
    public void A_lone_surrogate_is_no_character() => Assert.Equal("A\uFFFDB", UnicodeCasemap.Fold("a\uD800b"));

    [Fact]
    public void Pieces_fold_as_the_whole_does() => Gen.String[Gen.Char["aZé日ガﬁ한ß "], 0, 20].Sample(text =>
    {
        var pieces = new ArrayBufferWriter<char>();
        foreach (var c in text)
            UnicodeCasemap.Fold([c], pieces);
        return new string(pieces.WrittenSpan) == UnicodeCasemap.Fold(text);
    });

    [Fact]
    public void Folding_twice_changes_nothing()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code))
                continue;
            var folded = UnicodeCasemap.Fold(new Rune(code).ToString());
            Assert.Equal(folded, UnicodeCasemap.Fold(folded));
        }
    }

    [Fact]
    public void The_order_is_that_of_utf8() => Gen.Select(Text, Text).Sample((a, b) =>
        Math.Sign(UnicodeCasemap.Compare(a, b)) == Math.Sign(Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));

    private static readonly Gen<string> Text = Gen.Int[0, 5].Select(kind => kind switch
    {
        0 => "A",
        1 => "é",
        2 => "\uFFFD",
        3 => "\U0001F600",
        4 => "日",
        _ => "",
    }).List[0, 4].Select(parts => string.Concat(parts));
}
