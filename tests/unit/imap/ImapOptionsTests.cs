using MailMesh.Access.Imap;
using MailMesh.Hosting;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Unit.Tests.Imap;

public class ImapOptionsTests
{
    /// <summary>RFC 9738 §3: a limit SHOULD NOT be lower than 1000 messages.</summary>
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1000", 1000)]
    [InlineData("2147483647", int.MaxValue)]
    public void A_limit_of_messages_is_none_or_a_high_one(string value, long limit) => Assert.Equal(limit, From("Access:Imap:MessageLimit", value).MessageLimit);

    [Theory]
    [InlineData("Access:Imap:MessageLimit", "1")]
    [InlineData("Access:Imap:MessageLimit", "999")]
    [InlineData("Access:Imap:MessageLimit", "-1")]
    [InlineData("Access:Imap:MessageLimit", "2147483648")]
    [InlineData("Access:Imap:MaxAppendBytes", "1")]
    [InlineData("Access:Imap:IdleTimeout", "soon")]
    public void A_wrong_value_is_named(string key, string value)
    {
        var wrong = Assert.Throws<SettingException>(() => From(key, value));
        Assert.Contains(key.Replace(":", "__").ToUpperInvariant(), wrong.Message);
        Assert.Contains(value, wrong.Message);
    }

    [Theory]
    [InlineData("https://jmap.example.test/.well-known/jmap")]
    [InlineData("HTTPS://jmap.example.test:8443")]
    [InlineData("https://[2001:db8::1]/jmap?x=%22&y=a@b")]
    public void The_URL_of_a_JMAP_service_is_kept_as_it_was_written(string url) => Assert.Equal(url, From("Access:Imap:JmapUrl", url).JmapUrl);

    [Fact]
    public void A_URL_of_a_JMAP_service_may_have_1000_characters()
    {
        Assert.NotNull(From("Access:Imap:JmapUrl", JmapUrlOf(1000)).JmapUrl);
        Assert.Throws<SettingException>(() => From("Access:Imap:JmapUrl", JmapUrlOf(1001)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Without_a_URL_there_is_no_JMAP_service(string value) => Assert.Null(From("Access:Imap:JmapUrl", value).JmapUrl);

    [Theory]
    [InlineData("/jmap")]
    [InlineData("jmap.example.test")]
    [InlineData("https://")]
    [InlineData("https:jmap")]
    [InlineData("http://jmap.example.test/")]
    [InlineData("imaps://jmap.example.test/")]
    [InlineData("https://user@jmap.example.test/")]
    [InlineData("https://user:secret@jmap.example.test/")]
    [InlineData("https://jmap.example.test/#part")]
    [InlineData("https://jmap.example.test/#")]
    [InlineData("https://jmap.example.test/a b")]
    [InlineData("https://jmap.example.test/a\"b")]
    [InlineData("https://jmap.example.test/a\\b")]
    [InlineData("https://jmap.example.test/a\r\nb")]
    [InlineData("https://jmap.example.test/\u00e9")]
    [InlineData("https://jm\u00e4p.example.test/")]
    [InlineData("https://jmap.example.test/%zz")]
    public void A_wrong_URL_of_a_JMAP_service_is_refused_without_its_secrets(string url)
    {
        var wrong = Assert.Throws<SettingException>(() => From("Access:Imap:JmapUrl", url));
        Assert.Contains("MAILMESH__ACCESS__IMAP__JMAPURL", wrong.Message);
        Assert.DoesNotContain(url, wrong.Message);
    }

    private static string JmapUrlOf(int octets) => "https://jmap.example.test/".PadRight(octets, 'x');

    private static ImapOptions From(string key, string value) =>
        ImapOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build()));
}
