using MailMesh.Rates;

namespace MailMesh.Unit.Tests.Rates;

public sealed class RateTests
{
    [Theory]
    [InlineData("100/minute", 100, "00:01:00")]
    [InlineData("500/day", 500, "1.00:00:00")]
    [InlineData(" 20 / Hour ", 20, "01:00:00")]
    [InlineData("5/second", 5, "00:00:01")]
    [InlineData("0/day", 0, "1.00:00:00")]
    public void A_rate_is_a_number_and_a_span(string text, long limit, string window)
    {
        Assert.True(Rate.TryParse(text, out var rate));
        Assert.Equal(new Rate(limit, TimeSpan.Parse(window, null)), rate);
        Assert.True(Rate.TryParse(rate.ToString(), out var again));
        Assert.Equal(rate, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("-1/day")]
    [InlineData("1.5/day")]
    [InlineData("100/fortnight")]
    [InlineData("100/")]
    [InlineData("/day")]
    [InlineData("1/2/day")]
    [InlineData("99999999999999999999/day")]
    public void What_is_no_rate_is_refused(string text) => Assert.False(Rate.TryParse(text, out _));
}
