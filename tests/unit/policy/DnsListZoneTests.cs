using System.Net;
using MailMesh.Ingress.Policy;

namespace MailMesh.Unit.Tests.Policy;

public sealed class DnsListZoneTests
{
    [Theory]
    [InlineData("bl.example.org", "bl.example.org", 1)]
    [InlineData("BL.example.org.=3", "bl.example.org", 3)]
    [InlineData("wl.example.org=-2.5", "wl.example.org", -2.5)]
    [InlineData("bl.example.org*4", "bl.example.org", 4)]
    [InlineData("bl.example.org=127.0.0.2*4", "bl.example.org", 4)]
    [InlineData("bl.example.org=127.0.0.[2-4]", "bl.example.org", 1)]
    public void An_entry_has_a_zone_and_a_weight(string text, string zone, double weight)
    {
        Assert.True(DnsListZone.TryParseAll(text, out var zones));
        Assert.Equal((zone, weight), (Assert.Single(zones).Name, zones[0].Weight));
    }

    [Fact]
    public void Entries_are_divided_by_commas_or_blanks()
    {
        Assert.True(DnsListZone.TryParseAll("a.example=1, b.example=127.0.0.[2;3]*2\tc.example,", out var zones));
        Assert.Equal(["a.example 1", "b.example 2", "c.example 1"], zones.Select(zone => $"{zone.Name} {zone.Weight}"));
        Assert.True(DnsListZone.TryParseAll(" ", out zones));
        Assert.Empty(zones);
    }

    [Theory]
    [InlineData("example")]
    [InlineData("=3")]
    [InlineData("bl..example=3")]
    [InlineData("bl.example=heavy")]
    [InlineData("bl.example=1000")]
    [InlineData("bl.example=NaN")]
    [InlineData("bl.example=127.0.0*2")]
    [InlineData("bl.example=127.0.0.2.3")]
    [InlineData("bl.example=127.0.0.256")]
    [InlineData("bl.example=127.0.0.[2-")]
    [InlineData("bl.example=127.0.0.[4-2]")]
    [InlineData("bl.example=127.0.0.[]")]
    [InlineData("bl.example=127.0.0.[2]3")]
    [InlineData("bl.example=127.0.0.2*")]
    [InlineData("bl example")]
    public void What_is_none_is_refused(string text) => Assert.False(DnsListZone.TryParseAll(text, out _));

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2", true)]
    [InlineData("127.0.0.2", "127.0.0.3", false)]
    [InlineData("127.0.0.[2-4;10]", "127.0.0.4", true)]
    [InlineData("127.0.0.[2-4;10]", "127.0.0.10", true)]
    [InlineData("127.0.0.[2-4;10]", "127.0.0.5", false)]
    [InlineData("127.0.[0..255].[1..3]", "127.0.9.3", true)]
    [InlineData("127.0.[0..255].[1..3]", "127.1.9.3", false)]
    [InlineData("127.0.0.2", "::2", false)]
    public void Codes_say_which_answers_count(string codes, string answer, bool counts)
    {
        Assert.True(DnsListCodes.TryParse(codes, out var parsed));
        Assert.Equal(counts, parsed!.Contains(IPAddress.Parse(answer)));
    }

    /// <summary>RFC 5782 §2.1 and §2.4, with its own examples.</summary>
    [Theory]
    [InlineData("192.0.2.99", "99.2.0.192.bad.example.com")]
    [InlineData("2001:db8:1:2:3:4:567:89ab", "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.bad.example.com")]
    public void The_question_is_the_address_backwards(string client, string question) =>
        Assert.Equal(question, new DnsListZone("bad.example.com", null, 1).QuestionFor(IPAddress.Parse(client)));
}
