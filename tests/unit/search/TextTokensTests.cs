using MailMesh.Search;

namespace MailMesh.Unit.Tests.Search;

public sealed class TextTokensTests
{
    [Theory]
    [InlineData("Hello, hello world-wide 42!", "HELLO WORLD WIDE 42")]
    [InlineData("caf\u00E9 CAFE\u0301 naïve", "CAFE NAIVE")]
    [InlineData("会議の議事録", "会議 議の の議 議事 事録 録")]
    [InlineData("会", "会")]
    [InlineData("東京tower東京", "東京 京 TOWER")]
    [InlineData("ｶﾞｲﾄﾞ", "カ\u3099イ イト\u3099 ト\u3099")]
    [InlineData("ガイド", "カ\u3099イ イト\u3099 ト\u3099")]
    [InlineData("中文 邮件", "中文 文 邮件 件")]
    [InlineData("ＡＢＣ１２", "ABC12")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("Привет мир", "ПРИВЕТ МИР")]
    [InlineData("a@b.example", "A B EXAMPLE")]
    [InlineData("... --- !!!", "")]
    [InlineData("", "")]
    public void Cuts_a_text(string text, string tokens) =>
        Assert.Equal(tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), TextTokens.Of(text).Order(StringComparer.Ordinal));

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        const string Text = "The minutes 会議の議事録 of the café ガイド meeting";
        var pieces = new TextTokens();
        foreach (var c in Text)
            pieces.Add([c]);
        pieces.End();
        Assert.Equal(TextTokens.Of(Text).Order(), pieces.Tokens.Order());
    }

    [Fact]
    public void Words_without_end_and_words_without_number_stay_bounded()
    {
        Assert.Equal(TextTokens.MaxLength, TextTokens.Of(new string('x', 100_000)).Single().Length);
        var tokens = new TextTokens();
        for (var i = 0; i < 200_000; i++)
            tokens.Add($"{i} ");
        Assert.True(tokens.IsFull);
        Assert.InRange(tokens.Tokens.Count, 1, TextTokens.MaxTokens);
    }

    [Fact]
    public void A_word_that_is_too_long_is_cut_behind_a_whole_character()
    {
        var word = new string('X', TextTokens.MaxLength - 1);
        Assert.Equal(word + "\U00010400", TextTokens.Of($"{word}\U00010400yz").Single());
        Assert.Equal(word + "Y", TextTokens.Of($"{word}yz").Single());
        Assert.Equal(["AB", "C"], TextTokens.Of("ab\uD800c").Order(StringComparer.Ordinal)); // half a character is none of a word
    }

    [Theory]
    [InlineData("meet", "The meeting is on", 40)]
    [InlineData("MEETING the", "The meeting is on", 60)]
    [InlineData("議事", "会議の議事録", 60)]
    [InlineData("議事録", "会議の議事録", 60)]
    [InlineData("録", "会議の議事録", 60)]
    [InlineData("会", "会議の議事録", 40)]
    [InlineData("cafe", "at the café", 60)]
    [InlineData("meeting absent", "The meeting is on", 0)]
    [InlineData("eeting", "The meeting is on", 0)]
    [InlineData("?!", "anything", 1)]
    public void Queries_find_words_that_begin_so(string query, string body, int score)
    {
        var text = IndexedText.None with { Body = TextTokens.Of(body) };
        Assert.Equal(score, FuzzyQuery.Of(query, bodyOnly: false).Score(text));
        Assert.Equal(score, FuzzyQuery.Of(query, bodyOnly: true).Score(text));
    }

    [Fact]
    public void The_header_counts_for_more_or_not_at_all()
    {
        var text = new IndexedText(TextTokens.Of("Budget 2026"), TextTokens.Of("see the numbers"));
        Assert.Equal(100, FuzzyQuery.Of("budget", bodyOnly: false).Score(text));
        Assert.Equal(80, FuzzyQuery.Of("bud", bodyOnly: false).Score(text));
        Assert.Equal(60, FuzzyQuery.Of("budget numbers", bodyOnly: false).Score(text));
        Assert.Equal(0, FuzzyQuery.Of("budget", bodyOnly: true).Score(text));
    }
}
