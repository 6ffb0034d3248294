using System.Net;
using MailMesh.Database;
using MailMesh.Outbound;
using MailMesh.Relay;
using MailMesh.Relay.Client;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests;

public sealed class NextHopResolverTests : IAsyncLifetime
{
    private readonly FixedDnsResolver _dns = new();
    private MailDatabase _database = null!;
    private NextHopResolver _resolver = null!;

    public async Task InitializeAsync()
    {
        _database = await OpenDatabaseAsync();
        var own = new OwnServers("mail.ours.test", [2525], () => [IPAddress.Parse("192.0.2.99")]);
        _resolver = new NextHopResolver(new RelayRoutes(_database), _dns, own, new RelayOptions());
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task MX_hosts_by_preference()
    {
        _dns.Add("x.test", "MX", "20 b.x.test").Add("x.test", "MX", "10 a.x.test");
        var hop = await ServersAsync("x.test");
        Assert.Equal(["a.x.test", "b.x.test"], hop.Exchanges.Select(e => e.Host));
        Assert.Equal((25, TlsUse.Opportunistic), (hop.Port, hop.Tls));
    }

    [Fact]
    public async Task Domains_with_the_same_MX_hosts_share_a_destination()
    {
        _dns.Add("x.test", "MX", "10 a.test").Add("x.test", "MX", "10 b.test").Add("y.test", "MX", "10 b.test").Add("y.test", "MX", "10 a.test").Add("z.test", "MX", "10 a.test");
        Assert.Equal((await ServersAsync("x.test")).Key, (await ServersAsync("y.test")).Key);
        Assert.NotEqual((await ServersAsync("x.test")).Key, (await ServersAsync("z.test")).Key);
    }

    [Fact]
    public async Task Without_MX_the_domains_own_address()
    {
        _dns.Add("x.test", "AAAA", "2001:db8::1");
        Assert.Equal(["x.test"], (await ServersAsync("x.test")).Exchanges.Select(e => e.Host));
    }

    [Fact]
    public async Task Null_MX_means_no_mail()
    {
        _dns.Add("x.test", "MX", "0 .").Add("x.test", "A", "192.0.2.1");
        Assert.Equal((ResultKind.Failed, "5.1.10"), await NoneAsync("x.test"));
    }

    [Fact]
    public async Task No_such_domain_and_no_address_are_final_but_a_silent_DNS_is_not()
    {
        _dns.Add("text.test", "TXT", "hello").Fail("away.test");
        Assert.Equal((ResultKind.Failed, "5.1.2"), await NoneAsync("nowhere.test"));
        Assert.Equal((ResultKind.Failed, "5.4.4"), await NoneAsync("text.test"));
        Assert.Equal((ResultKind.Deferred, "4.4.3"), await NoneAsync("away.test"));
    }

    [Fact]
    public async Task As_an_exchange_ourselves_we_hand_over_only_to_those_preferred_to_us()
    {
        _dns.Add("x.test", "MX", "10 a.x.test").Add("x.test", "MX", "20 MAIL.ours.test").Add("x.test", "MX", "20 c.x.test").Add("x.test", "MX", "30 d.x.test");
        Assert.Equal(["a.x.test"], (await ServersAsync("x.test")).Exchanges.Select(e => e.Host));
        _dns.Add("y.test", "MX", "10 mail.ours.test").Add("y.test", "MX", "20 d.x.test");
        Assert.Equal((ResultKind.Failed, "5.4.6"), await NoneAsync("y.test"));
    }

    [Theory]
    [InlineData("[192.0.2.7]", "192.0.2.7")]
    [InlineData("[ipv6:2001:db8::7]", "2001:db8::7")]
    public async Task Address_literals(string domain, string host) => Assert.Equal(host, Assert.Single((await ServersAsync(domain)).Exchanges).Host);

    [Fact]
    public async Task A_bad_literal_is_final() => Assert.Equal((ResultKind.Failed, "5.1.2"), await NoneAsync("[nonsense]"));

    [Theory]
    [InlineData("smart.test", 587, null, nameof(TlsUse.Opportunistic))]
    [InlineData("smart.test", 587, "user", nameof(TlsUse.Verified))]
    [InlineData("127.0.0.1", 2587, "user", nameof(TlsUse.Opportunistic))]
    [InlineData("smart.test", 465, "user", nameof(TlsUse.Implicit))]
    public async Task A_route_goes_before_DNS_and_credentials_want_TLS(string host, int port, string? user, string tls)
    {
        await _database.ChangeAsync(context => Task.FromResult(context.Routes.Add(new Route { Domain = "*", Host = host, Port = port, Username = user, Password = user is null ? null : "secret" })));
        var hop = await ServersAsync("x.test");
        Assert.Equal((host, port, tls, user), (hop.Exchanges[0].Host, hop.Port, hop.Tls.ToString(), hop.Credentials?.Username));
        Assert.DoesNotContain("secret", hop.ToString(), StringComparison.Ordinal);
        Assert.Empty(_dns.Questions);
    }

    [Fact]
    public void Our_own_addresses_are_ours_only_on_the_port_that_listens()
    {
        var own = new OwnServers("mail.ours.test", [2525], () => [IPAddress.Parse("192.0.2.99")]);
        Assert.True(own.Include(IPAddress.Loopback, 2525));
        Assert.True(own.Include(IPAddress.Parse("192.0.2.99"), 2525));
        Assert.False(own.Include(IPAddress.Loopback, 25));
        Assert.False(own.Include(IPAddress.Parse("192.0.2.98"), 2525));
    }

    private static async Task<MailDatabase> OpenDatabaseAsync()
    {
        var database = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("nexthop"), "mailmesh.db"));
        await database.MigrateAsync();
        return database;
    }

    private async Task<NextHop.Servers> ServersAsync(string domain) => Assert.IsType<NextHop.Servers>(await _resolver.ResolveAsync(domain));

    private async Task<(ResultKind, string)> NoneAsync(string domain)
    {
        var result = Assert.IsType<NextHop.None>(await _resolver.ResolveAsync(domain)).Result;
        return (result.Kind, result.Status);
    }
}
