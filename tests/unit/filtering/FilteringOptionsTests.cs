using MailMesh.Filtering;
using MailMesh.Hosting;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Unit.Tests.Filtering;

public class FilteringOptionsTests
{
    [Fact]
    public void Defaults_stand_where_nothing_is_said() => Assert.Equal(new FilteringOptions(), From([]));

    [Fact]
    public void Settings_are_read() => Assert.Equal(
        new FilteringOptions { JunkThreshold = 8, MaxReceived = 30, CheckTime = TimeSpan.FromSeconds(5), RejectSpfFail = true, Concurrency = 8 },
        From(new()
        {
            ["Filtering:JunkThreshold"] = "8",
            ["Filtering:MaxReceived"] = "30",
            ["Filtering:CheckTime"] = "00:00:05",
            ["Filtering:RejectSpfFail"] = "true",
            ["Filtering:Concurrency"] = "8",
        }));

    [Theory]
    [InlineData("Filtering:JunkThreshold", "low")]
    [InlineData("Filtering:MaxReceived", "0")]
    [InlineData("Filtering:CheckTime", "-1")]
    [InlineData("Filtering:RejectSpfFail", "maybe")]
    public void A_wrong_value_is_named(string key, string value)
    {
        var wrong = Assert.Throws<SettingException>(() => From(new() { [key] = value }));
        Assert.Contains(key.Replace(":", "__").ToUpperInvariant(), wrong.Message);
        Assert.Contains(value, wrong.Message);
    }

    private static FilteringOptions From(Dictionary<string, string?> settings) =>
        FilteringOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
}
