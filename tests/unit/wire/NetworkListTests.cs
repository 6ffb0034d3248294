using System.Net;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Wire;

public sealed class NetworkListTests
{
    [Theory]
    [InlineData("127.0.0.0/8, ::1/128", "127.1.2.3", true)]
    [InlineData("127.0.0.0/8, ::1/128", "::1", true)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("", "127.0.0.1", false)]
    public void Knows_its_addresses(string text, string address, bool contains)
    {
        Assert.True(NetworkList.TryParse(text, out var networks));
        Assert.Equal(contains, networks.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("10.0.0.0/33")]
    public void Refuses_what_is_no_network(string text) => Assert.False(NetworkList.TryParse(text, out _));
}
