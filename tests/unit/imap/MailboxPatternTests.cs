using System.Text.RegularExpressions;
using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class MailboxPatternTests
{
    [Theory]
    [InlineData("*", "a/b/c", true)]
    [InlineData("%", "a", true)]
    [InlineData("%", "a/b", false)]
    [InlineData("a/%", "a/b", true)]
    [InlineData("a/%", "a", false)]
    [InlineData("a*", "a", true)]
    [InlineData("%/%", "a/b/c", false)]
    [InlineData("inbox", "INBOX", true)]
    [InlineData("InBoX/x", "INBOX/x", true)]
    [InlineData("INBOX/X", "INBOX/x", false)]
    [InlineData("inboxes", "INBOXES", false)]
    [InlineData("sent", "Sent", false)]
    [InlineData("", "a", false)]
    public void Matches(string pattern, string name, bool matches) => Assert.Equal(matches, new MailboxPattern(pattern).Matches(name));

    [Fact]
    public void Matches_as_the_regular_expression_does() =>
        Gen.Select(Gen.String[Gen.Char["ab/*%"], 0, 8], Gen.String[Gen.Char["ab/"], 0, 8]).Sample((pattern, name) =>
        {
            var regex = Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("%", "[^/]*", StringComparison.Ordinal);
            return new MailboxPattern(pattern).Matches(name) == Regex.IsMatch(name, $"^(?:{regex})$");
        });

    [Fact]
    public void Wildcards_cost_no_more_than_the_product_of_the_lengths() =>
        Assert.False(new MailboxPattern(string.Concat(Enumerable.Repeat("*a", 400)) + "b").Matches(new string('a', 900)));
}
