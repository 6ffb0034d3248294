using System.Net;
using MailMesh.Ingress.Policy;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Policy;

public sealed class ConnectionRateTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void An_address_has_so_many_connections_a_minute()
    {
        var rate = new ConnectionRate(new PolicyOptions { ConnectionsPerMinute = 3, NetworkConnectionsPerMinute = 0 }, _clock);
        Assert.Equal([true, true, true, false, false], Enter(rate, 5, "192.0.2.1"));
        Assert.Equal([true], Enter(rate, 1, "192.0.2.2"));
    }

    [Fact]
    public void What_is_past_a_minute_no_longer_counts()
    {
        var rate = new ConnectionRate(new PolicyOptions { ConnectionsPerMinute = 4, NetworkConnectionsPerMinute = 0 }, _clock);
        Assert.DoesNotContain(false, Enter(rate, 4, "192.0.2.1"));
        _clock.Advance(TimeSpan.FromSeconds(90)); // half of the last minute's four count still
        Assert.Equal([true, true, false], Enter(rate, 3, "192.0.2.1"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([true, true, true, true, false], Enter(rate, 5, "192.0.2.1"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.200", "192.0.3.1")]
    [InlineData("2001:db8:7:1::1", "2001:db8:7:2::1", "2001:db8:8:1::1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.2", "192.0.3.1")]
    public void The_network_around_counts_together(string one, string neighbour, string stranger)
    {
        var rate = new ConnectionRate(new PolicyOptions { ConnectionsPerMinute = 0, NetworkConnectionsPerMinute = 2 }, _clock);
        Assert.Equal([true], Enter(rate, 1, one));
        Assert.Equal([true, false], Enter(rate, 2, neighbour));
        Assert.Equal([true], Enter(rate, 1, stranger));
    }

    [Fact]
    public void Who_was_refused_is_not_counted()
    {
        var rate = new ConnectionRate(new PolicyOptions { ConnectionsPerMinute = 1, NetworkConnectionsPerMinute = 3 }, _clock);
        Assert.Equal(1, Enter(rate, 50, "192.0.2.1").Count(entered => entered));
        Assert.Equal([true], Enter(rate, 1, "192.0.2.2"));
    }

    [Fact]
    public void Places_of_a_network_are_given_back()
    {
        var networks = new NetworkConnections(new PolicyOptions { NetworkConnections = 2 });
        var first = networks.TryEnter(IPAddress.Parse("192.0.2.1"));
        Assert.NotNull(networks.TryEnter(IPAddress.Parse("192.0.2.2")));
        Assert.Null(networks.TryEnter(IPAddress.Parse("192.0.2.3")));
        Assert.NotNull(networks.TryEnter(IPAddress.Parse("192.0.3.1")));
        first!.Dispose();
        Assert.NotNull(networks.TryEnter(IPAddress.Parse("192.0.2.3")));
        Assert.Null(networks.TryEnter(IPAddress.Parse("192.0.2.4")));
    }

    private static List<bool> Enter(ConnectionRate rate, int times, string client) =>
        [.. Enumerable.Range(0, times).Select(_ => rate.TryEnter(IPAddress.Parse(client)))];
}
