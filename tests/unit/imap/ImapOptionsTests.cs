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

    private static ImapOptions From(string key, string value) =>
        ImapOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build()));
}
