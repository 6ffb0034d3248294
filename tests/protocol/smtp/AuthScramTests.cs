using System.Net;
using System.Text;
using MailMesh.Bans;
using MailMesh.Sasl;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>AUTH SCRAM-SHA-256 and SCRAM-SHA-256-PLUS.</summary>
public sealed class AuthScramTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Alice = "alice@ours.example";
    private const string Bound = "p=tls-server-end-point,,";

    [Fact]
    public async Task The_client_proves_its_password_and_the_server_its_verifier()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await ProveAsync(script, new ScramClient(Alice, "wonderland"), "SCRAM-SHA-256");
        await script.RunAsync("""
            C: MAIL FROM:<alice@ours.example>
            S: 250 2.1.0 …
            """);
    }

    [Fact]
    public async Task After_an_empty_challenge()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await script.RunAsync("""
            C: AUTH scram-sha-256
            S/ ^334 $
            """);
        await FinishAsync(script, new ScramClient(Alice, "wonderland"));
    }

    [Fact]
    public async Task Bound_to_the_servers_certificate()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        var binding = ServerEndPointBinding.Of(session.ServerCertificate!);
        await ProveAsync(script, new ScramClient(Alice, "wonderland", Bound, binding), "SCRAM-SHA-256-PLUS");
    }

    /// <summary>Somebody between has a TLS of his own with the client, and so another certificate.</summary>
    [Fact]
    public async Task Bound_to_another_certificate()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await FailAsync(script, new ScramClient(Alice, "wonderland", Bound, new byte[32]), "SCRAM-SHA-256-PLUS");
    }

    [Theory]
    [InlineData(Alice, "Wonderland")]
    [InlineData("nobody@ours.example", "wonderland")]
    [InlineData("sales@ours.example", "wonderland")] // an alias has no password
    [InlineData("no address", "wonderland")]
    public async Task A_wrong_proof_and_a_name_that_does_not_exist_look_the_same(string user, string password)
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await FailAsync(script, new ScramClient(user, password), "SCRAM-SHA-256");
    }

    [Fact]
    public async Task A_name_that_does_not_exist_has_one_salt_and_the_iterations_of_all()
    {
        var first = await ChallengeAsync("nobody@ours.example");
        var again = await ChallengeAsync("NOBODY@ours.example");
        var alice = await ChallengeAsync(Alice);
        Assert.Equal(first['s'], again['s']);
        Assert.NotEqual(first['s'], alice['s']);
        Assert.Equal(alice['i'], first['i']);
        Assert.Equal(alice['s'].Length, first['s'].Length);
        Assert.NotEqual(first['r'], again['r']);
    }

    /// <summary>RFC 5802 §6: the client could bind, and somebody took the offer out of our EHLO.</summary>
    [Fact]
    public async Task A_downgrade_is_refused()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64($"y,,n={Alice},r=abcdef")}
            S: 535 5.7.8 …
            """);
    }

    /// <summary>Where the operator takes the PLUS away, a client that says so is right.</summary>
    [Fact]
    public async Task Without_the_offer_there_is_no_downgrade()
    {
        Mechanisms = new SaslOptions { Mechanisms = [SaslOptions.ScramSha256] };
        await using var session = Connect("submissions");
        var script = new ProtocolScript(session);
        await script.RunAsync(EhloUnderTls.Replace("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN", "AUTH SCRAM-SHA-256", StringComparison.Ordinal) + $"""
            C: AUTH SCRAM-SHA-256-PLUS {Base64($"{Bound}n={Alice},r=abcdef")}
            S: 504 5.5.4 …
            C: AUTH PLAIN {Base64("\0alice@ours.example\0wonderland")}
            S: 504 5.5.4 …
            """);
        await ProveAsync(script, new ScramClient(Alice, "wonderland", "y,,"), "SCRAM-SHA-256");
    }

    /// <summary>A proxy that names its clients ends their TLS: what they bind to is not what we have. Before it has named one it is a client like others.</summary>
    [Fact]
    public async Task Behind_a_proxy_nothing_is_bound()
    {
        Assert.True(NetworkList.TryParse("192.0.2.0/24", out var proxies));
        Options = Options with { XclientNetworks = proxies };
        await using var session = Connect("submissions");
        await new ProtocolScript(session).RunAsync("""
            TLS
            S: 220 …
            """);
        Assert.Contains("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN", await CapabilitiesAsync(session));
        await new ProtocolScript(session).RunAsync($"""
            C: XCLIENT NAME=[UNAVAILABLE]
            S: 220 …
            """);
        Assert.Contains("AUTH SCRAM-SHA-256 PLAIN LOGIN", await CapabilitiesAsync(session));
    }

    [Theory]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,m=must,n=user,r=abc")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task What_is_no_message_of_it(string first)
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {(first.Length == 0 ? "=" : Base64(first))}
            S: 501 5.5.2 …
            C: AUTH SCRAM-SHA-256 /w==
            S: 501 5.5.2 …
            """);
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64($"n,,n={Alice},r=abcdef")}
            S: 334 …
            C: {Base64("c=biws,r=abcdef")}
            S: 501 5.5.2 …
            """);
        await ProveAsync(script, new ScramClient(Alice, "wonderland"), "SCRAM-SHA-256");
    }

    [Fact]
    public async Task Is_cancelled_at_every_step()
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64($"n,,n={Alice},r=abcdef")}
            S: 334 …
            C: *
            S: 501 5.7.0 …
            """);
        var client = new ScramClient(Alice, "wonderland");
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64(client.First)}
            S: 334 {"{first}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["first"])))}
            S: 334 …
            C: *
            S: 501 5.7.0 …
            C: MAIL FROM:<alice@ours.example>
            S: 530 5.7.0 …
            """);
    }

    [Fact]
    public async Task Guesses_are_counted_and_banned()
    {
        Bans = new BanOptions { Failures = 2 };
        Options = Options with { MaxAuthFailures = 10 };
        await using var session = Connect("submissions", IPAddress.Parse("203.0.113.125"));
        var script = await GreetAsync(session);
        await FailAsync(script, new ScramClient("bob@ours.example", "one"), "SCRAM-SHA-256");
        await FailAsync(script, new ScramClient("bob@ours.example", "two"), "SCRAM-SHA-256", nonce: "second");
        var client = new ScramClient("bob@ours.example", "builder");
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64(client.First)}
            S: 334 {"{third}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["third"])))}
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
    }

    private static async Task<ProtocolScript> GreetAsync(ScriptedSession session)
    {
        var script = new ProtocolScript(session);
        await script.RunAsync(EhloUnderTls);
        return script;
    }

    private static async Task ProveAsync(ProtocolScript script, ScramClient client, string mechanism)
    {
        await script.RunAsync($"""
            C: AUTH {mechanism} {Base64(client.First)}
            S: 334 {"{first}"}
            """);
        await AnswerAsync(script, client);
    }

    private static async Task FinishAsync(ProtocolScript script, ScramClient client)
    {
        await script.RunAsync($"""
            C: {Base64(client.First)}
            S: 334 {"{first}"}
            """);
        await AnswerAsync(script, client);
    }

    private static async Task AnswerAsync(ProtocolScript script, ScramClient client)
    {
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["first"])))}
            S: 334 {"{final}"}
            """);
        Assert.Equal(client.ExpectedServerFinal, Text(script.Captured["final"]));
        await script.RunAsync($"""
            C: {""}
            S: 235 2.7.0 Authentication successful
            """);
    }

    private static async Task FailAsync(ProtocolScript script, ScramClient client, string mechanism, string nonce = "first")
    {
        await script.RunAsync($$"""
            C: AUTH {{mechanism}} {{Base64(client.First)}}
            S: 334 {{{nonce}}}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured[nonce])))}
            S: 535 5.7.8 Authentication credentials invalid, check user name and password
            """);
    }

    private async Task<Dictionary<char, string>> ChallengeAsync(string user)
    {
        await using var session = Connect("submissions");
        var script = await GreetAsync(session);
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256 {Base64($"n,,n={user},r=abcdef")}
            S: 334 {"{challenge}"}
            C: *
            S: 501 5.7.0 …
            """);
        return Text(script.Captured["challenge"]).Split(',').ToDictionary(field => field[0], field => field[2..]);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
