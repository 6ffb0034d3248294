using System.Diagnostics;
using System.Net;
using MailMesh.Dns;

namespace MailMesh.Unit.Tests.Dns;

public class DnsClientResolverTests
{
    private const int NameError = 3;
    private const int ServerFailure = 2;
    private const int Refused = 5;
    private const int A = 1;
    private const int Mx = 15;
    private const int Txt = 16;

    [Fact]
    public async Task Exchanges_come_by_preference_and_a_null_mx_has_no_name()
    {
        await using var server = new DnsResponder((name, _) => name == "null.example"
            ? new(0, DnsResponder.Record.Mx(name, 0, ""))
            : new(0, DnsResponder.Record.Mx(name, 20, "b.example"), DnsResponder.Record.Mx(name, 10, "a.example")));
        var dns = new DnsClientResolver([server.Address]);
        Assert.Equal([new MailExchange(10, "a.example"), new MailExchange(20, "b.example")], await dns.MxAsync("two.example"));
        Assert.Equal([new MailExchange(0, "")], await dns.MxAsync("null.example"));
    }

    [Fact]
    public async Task Strings_of_a_text_are_joined_and_a_truncated_answer_comes_by_tcp()
    {
        await using var server = new DnsResponder((name, _) => new(0, DnsResponder.Record.Txt(name, "v=spf1 ip4:192.0.2.1", " -all")) { TruncateOverUdp = true });
        Assert.Equal(["v=spf1 ip4:192.0.2.1 -all"], await new DnsClientResolver([server.Address]).TxtAsync("example.com"));
    }

    [Fact]
    public async Task A_cname_is_followed_also_where_the_server_leaves_that_to_us_and_a_loop_ends()
    {
        await using var server = new DnsResponder((name, type) => name switch
        {
            "www.example" => new(0, DnsResponder.Record.Cname(name, "real.example")),
            "loop.example" => new(0, DnsResponder.Record.Cname(name, "loop.example")),
            "real.example" when type == A => new(0, DnsResponder.Record.A(name, "192.0.2.7")),
            _ => new(0),
        });
        var dns = new DnsClientResolver([server.Address]);
        Assert.Equal([IPAddress.Parse("192.0.2.7")], await dns.AddressesAsync("www.example"));
        Assert.Empty(await dns.AddressesAsync("loop.example"));
    }

    [Fact]
    public async Task An_address_has_names()
    {
        await using var server = new DnsResponder((name, _) => new(0, DnsResponder.Record.Ptr(name, name == "1.2.0.192.in-addr.arpa" ? "host.example" : "other.example")));
        Assert.Equal(["host.example"], await new DnsClientResolver([server.Address]).PtrAsync(IPAddress.Parse("192.0.2.1")));
    }

    [Fact]
    public async Task No_such_name_and_no_such_records_are_empty()
    {
        await using var server = new DnsResponder((name, _) => new(name == "missing.example" ? NameError : 0));
        var dns = new DnsClientResolver([server.Address]);
        Assert.Empty(await dns.MxAsync("missing.example"));
        Assert.Empty(await dns.TxtAsync("empty.example"));
        Assert.False(await dns.ExistsAsync("missing.example"));
        Assert.True(await dns.ExistsAsync("empty.example"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.example")]
    public async Task A_name_that_cannot_be_asked_is_empty(string name)
    {
        await using var server = new DnsResponder((_, _) => new(ServerFailure));
        Assert.Empty(await new DnsClientResolver([server.Address]).TxtAsync(name));
        Assert.Equal(0, server.Questions);
    }

    [Theory]
    [InlineData(ServerFailure)]
    [InlineData(Refused)]
    public async Task A_server_that_cannot_answer_is_a_failure(int code)
    {
        await using var server = new DnsResponder((_, _) => new(code));
        await Assert.ThrowsAsync<DnsException>(() => new DnsClientResolver([server.Address]).MxAsync("example.com"));
    }

    [Fact]
    public async Task A_second_server_answers_for_a_failing_first()
    {
        await using var first = new DnsResponder((_, _) => new(ServerFailure));
        await using var second = new DnsResponder((name, _) => new(0, DnsResponder.Record.Txt(name, "here")));
        Assert.Equal(["here"], await new DnsClientResolver([first.Address, second.Address]).TxtAsync("example.com"));
    }

    [Fact]
    public async Task An_internationalised_name_is_asked_as_a_labels()
    {
        await using var server = new DnsResponder((name, type) => type == Mx && name == "xn--wgv71a119e.jp" ? new(0, DnsResponder.Record.Mx(name, 1, "mx.example")) : new(NameError));
        Assert.Single(await new DnsClientResolver([server.Address]).MxAsync("日本語.jp"));
    }

    [Fact]
    public async Task Answers_are_kept_for_their_time()
    {
        await using var server = new DnsResponder((name, type) => type == Txt ? new(0, DnsResponder.Record.Txt(name, "x")) : null);
        var dns = new DnsClientResolver([server.Address]);
        for (var i = 0; i < 5; i++)
            Assert.Single(await dns.TxtAsync("example.com"));
        Assert.Equal(1, server.Questions);
    }

    /// <summary>A closed network costs the first questions their time-out, and those after them nothing.</summary>
    [Fact]
    public async Task Silence_is_a_failure_in_bounded_time_and_then_at_once()
    {
        await using var server = new DnsResponder((_, _) => null);
        var dns = new DnsClientResolver([server.Address]);
        var asked = Enumerable.Range(0, 8).Select(i => Assert.ThrowsAsync<DnsException>(() => dns.TxtAsync($"{i}.example")));
        await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(30));
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<DnsException>(() => dns.TxtAsync($"later{i}.example"));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Who_no_longer_waits_is_not_told_of_a_failure()
    {
        await using var server = new DnsResponder((_, _) => null);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DnsClientResolver([server.Address]).TxtAsync("example.com", impatience.Token));
    }
}
