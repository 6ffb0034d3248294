using System.Net;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp.Policy;

/// <summary>What decides whether a client is greeted.</summary>
public sealed class ConnectTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private readonly DelayClock _clock = new();

    [Fact]
    public async Task A_denied_network_is_turned_away_and_an_allowed_part_of_it_is_not()
    {
        Policy = Policy with { DenyNetworks = Networks("192.0.2.0/24"), AllowNetworks = Networks("192.0.2.64/26"), DenyText = "Call us: +1 555 0100" };
        await ExpectAsync("192.0.2.1", """
            S: 554 5.7.1 Call us: +1 555 0100
            END
            """);
        await ExpectAsync("192.0.2.65", "S: 220 …");
        await ExpectAsync("192.0.3.1", "S: 220 …");
    }

    [Fact]
    public async Task A_network_has_so_many_new_connections_a_minute()
    {
        Clock = _clock;
        Policy = Policy with { ConnectionsPerMinute = 2 };
        await ExpectAsync("192.0.2.1", "S: 220 …");
        await ExpectAsync("192.0.2.1", "S: 220 …");
        await ExpectAsync("192.0.2.1", """
            S: 421 4.7.0 Too many new connections from your network, try again in a minute
            END
            """);
        await ExpectAsync("192.0.2.2", "S: 220 …");
        for (var i = 0; i < 5; i++)
            await ExpectAsync("127.0.0.1", "S: 220 …");
        _clock.Advance(TimeSpan.FromMinutes(2));
        await ExpectAsync("192.0.2.1", "S: 220 …");
    }

    [Fact]
    public async Task The_network_around_an_address_has_so_many_at_once()
    {
        Policy = Policy with { NetworkConnections = 1 };
        await using (var first = Connect(remote: IPAddress.Parse("192.0.2.1")))
        {
            await new ProtocolScript(first).RunAsync("S: 220 …");
            await ExpectAsync("192.0.2.200", """
                S: 421 4.7.0 Too many connections from the network around your address
                END
                """);
            await ExpectAsync("127.0.0.1", "S: 220 …");
        }
        await ExpectAsync("192.0.2.200", "S: 220 …");
    }

    [Fact]
    public async Task The_greeting_comes_after_its_delay()
    {
        Clock = _clock;
        Policy = Policy with { GreetDelay = TimeSpan.FromSeconds(5) };
        await using var session = Connect();
        var greeting = session.ReadLineAsync();
        await _clock.PassAsync(TimeSpan.FromSeconds(4.9));
        Assert.False(greeting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.StartsWith("220 ", await greeting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_talks_during_the_delay_is_refused()
    {
        Clock = _clock;
        Policy = Policy with { GreetDelay = TimeSpan.FromSeconds(5) };
        await using var session = Connect();
        await session.SendAsync("EHLO early.example\r\n");
        await _clock.PassAsync(TimeSpan.FromSeconds(5));
        await new ProtocolScript(session).RunAsync("""
            S: 554 5.5.1 You must wait for the greeting (RFC 5321 section 4.3.1)
            END
            """);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("198.51.100.1")]
    public async Task Exempt_and_allowed_networks_wait_for_nothing(string client)
    {
        Clock = _clock;
        Policy = Policy with { GreetDelay = TimeSpan.FromSeconds(5), AllowNetworks = Networks("198.51.100.0/24") };
        await ExpectAsync(client, "S: 220 …"); // the clock stands still
    }

    [Fact]
    public async Task The_drain_ends_a_delay()
    {
        Clock = _clock;
        Policy = Policy with { GreetDelay = TimeSpan.FromSeconds(50) };
        await using var session = Connect();
        session.Stop();
        await new ProtocolScript(session).RunAsync("""
            S: 421 4.3.2 Service is shutting down
            END
            """);
    }

    [Fact]
    public async Task The_client_that_xclient_names_meets_all_of_it()
    {
        Clock = _clock;
        Options = Options with { XclientNetworks = Networks("127.0.0.0/8") };
        Policy = Policy with { DenyNetworks = Networks("192.0.2.0/24"), GreetDelay = TimeSpan.FromSeconds(5), NetworkConnections = 1 };
        await ExpectAsync("127.0.0.1", """
            S: 220 …
            C: XCLIENT ADDR=192.0.2.1
            S: 554 5.7.1 Your network is not served here
            END
            """);
        await using var first = Connect(remote: IPAddress.Loopback);
        var script = new ProtocolScript(first);
        await script.RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=198.51.100.1
            """);
        await _clock.PassAsync(TimeSpan.FromSeconds(5));
        await script.RunAsync("S: 220 …");
        await ExpectAsync("127.0.0.1", """
            S: 220 …
            C: XCLIENT ADDR=198.51.100.2
            S: 421 4.7.0 …
            END
            """);
        await script.RunAsync("C: XCLIENT ADDR=203.0.113.1\nC: EHLO early.example");
        await _clock.PassAsync(TimeSpan.FromSeconds(5));
        await script.RunAsync("""
            S: 554 5.5.1 …
            END
            """);
    }

    [Fact]
    public async Task A_proxy_that_names_its_clients_is_none_of_them()
    {
        Options = Options with { XclientNetworks = Networks("10.0.0.0/8") };
        Policy = Policy with { ConnectionsPerMinute = 1, NetworkConnections = 1 };
        await using var first = Connect(remote: IPAddress.Parse("10.0.0.1"));
        await new ProtocolScript(first).RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=198.51.100.1
            S: 220 …
            """);
        await ExpectAsync("10.0.0.1", """
            S: 220 …
            C: XCLIENT ADDR=203.0.113.1
            S: 220 …
            """);
        await ExpectAsync("10.0.0.1", """
            S: 220 …
            C: XCLIENT ADDR=198.51.100.1
            S: 421 4.7.0 Too many new connections from your network, try again in a minute
            END
            """);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("submission")]
    [InlineData("submissions")]
    public async Task A_banned_network_is_refused_on_every_listener(string listener)
    {
        Bans = Bans with { Failures = 1 };
        Options = Options with { XclientNetworks = Networks("127.0.0.0/8") };
        var client = IPAddress.Parse($"192.0.2.{100 + listener.Length}");
        await using (var guesser = Connect("submissions", client))
        {
            await new ProtocolScript(guesser).RunAsync("""
                TLS
                S: 220 …
                C: HELO a.example
                S: 250 …
                C: AUTH PLAIN AGFsaWNlQG91cnMuZXhhbXBsZQB3cm9uZw==
                S: 535 …
                """);
        }
        await using var session = Connect(listener, client);
        var greeting = listener == "submissions" ? "TLS\n" : "";
        await new ProtocolScript(session).RunAsync(greeting + """
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
        await using var proxied = Connect(listener, IPAddress.Loopback);
        await new ProtocolScript(proxied).RunAsync(greeting + $"""
            S: 220 …
            C: XCLIENT ADDR={client}
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
    }

    private static NetworkList Networks(string text) => NetworkList.TryParse(text, out var networks) ? networks : throw new FormatException(text);

    private async Task ExpectAsync(string client, string transcript)
    {
        await using var session = Connect(remote: IPAddress.Parse(client));
        await new ProtocolScript(session).RunAsync(transcript);
    }
}
