using System.Net;
using MailMesh.Access.Imap;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class LoginTests(ImapWorld world)
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("198.51.100.7");

    [Fact]
    public async Task Clear_is_refused_elsewhere_and_tls_opens_the_door()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect(remote: Elsewhere);
        await new ProtocolScript(session).RunAsync($"""
            S/ ^\* OK \[CAPABILITY IMAP4rev1 (?!.*AUTH=).* STARTTLS LOGINDISABLED\] 
            C: a LOGIN {user} "{ImapWorld.Password}"
            S: a NO [PRIVACYREQUIRED] …
            C: b AUTHENTICATE PLAIN
            S: b NO [PRIVACYREQUIRED] …
            C: c STARTTLS
            S: c OK …
            TLS
            C: d CAPABILITY
            S/ ^\* CAPABILITY IMAP4rev1 (?!.*(STARTTLS|LOGINDISABLED)).* AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN$
            S: d OK …
            C: e STARTTLS
            S: e BAD …
            C: f LOGIN {user} "{ImapWorld.Password}"
            S/ ^f OK \[CAPABILITY IMAP4rev1 (?!.*AUTH=)
            C: g LOGIN {user} "{ImapWorld.Password}"
            S: g BAD …
            C: h STARTTLS
            S: h BAD …
            """);
    }

    [Fact]
    public async Task What_is_pipelined_behind_starttls_is_thrown_away()
    {
        await using var session = world.Connect(remote: Elsewhere);
        await new ProtocolScript(session).RunAsync("""
            S: * OK …
            C: a STARTTLS
            C: b NOOP
            S: a OK …
            TLS
            C: c NOOP
            S: c OK …
            """);
    }

    [Fact]
    public async Task Who_is_banned_hears_so_and_exempt_networks_do_not()
    {
        var banned = IPAddress.Parse("203.0.113.9");
        var user = await world.NewAccountAsync();
        await world.Bans.AddAsync("203.0.113.0/24", null, "test");
        await world.Bans.AddAsync(user, null, "test");
        await using var refused = world.Connect(remote: banned);
        await new ProtocolScript(refused).RunAsync("""
            S: * BYE [UNAVAILABLE] Too many failed logins; try again later
            END
            """);
        await using var guessed = world.Connect(remote: Elsewhere);
        await new ProtocolScript(guessed).RunAsync($"""
            S: * OK …
            C: a STARTTLS
            S: a OK …
            TLS
            C: b LOGIN {user} "{ImapWorld.Password}"
            S: b NO [UNAVAILABLE] Too many failed logins; try again later
            """);
        await using var exempt = world.Connect();
        await new ProtocolScript(exempt).RunAsync($"""
            S: * OK …
            C: a LOGIN {user} "{ImapWorld.Password}"
            S: a OK …
            """);
    }

    [Fact]
    public async Task Login_takes_every_form_of_string()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync("""
            S: * OK [CAPABILITY … STARTTLS AUTH=SCRAM-SHA-256 AUTH=PLAIN AUTH=LOGIN] mail.example.test MailMesh IMAP ready
            C: a LOGIN nobody@example.test wrong
            S: a NO [AUTHENTICATIONFAILED] …
            C: b SELECT INBOX
            S: b BAD …
            """ + $"\nC: c LOGIN {{{user.Length}}}\nS: + …\nC: {user} {{{ImapWorld.Password.Length}+}}\nC: {ImapWorld.Password}\n" + """
            S: c OK …
            C: d LOGOUT
            S: * BYE …
            S: d OK …
            END
            """);
    }

    [Fact]
    public async Task Authenticate_plain_and_login()
    {
        var user = await world.NewAccountAsync();
        var (name, secret) = (Base64(user), Base64(ImapWorld.Password));
        var plain = Base64($"\0{user}\0{ImapWorld.Password}");
        await using var first = world.Connect();
        await using var second = world.Connect();
        await using var third = world.Connect();
        await new ProtocolScript(first, second, third).RunAsync($"""
            S: * OK …
            C: a AUTHENTICATE PLAIN
            S: +…
            C: *
            S: a BAD …
            C: b AUTHENTICATE PLAIN
            S: +…
            C: no!base64
            S: b BAD …
            C: c AUTHENTICATE CRAM-MD5
            S: c NO …
            C: d AUTHENTICATE PLAIN {Base64($"other@example.test\0{user}\0{ImapWorld.Password}")}
            S: d NO [AUTHORIZATIONFAILED] …
            C: d AUTHENTICATE PLAIN {Base64($"other@example.test\0{user}\0wrong")}
            S: d NO [AUTHENTICATIONFAILED] …
            C: e AUTHENTICATE PLAIN {Base64($"\0{user}\0wrong")}
            S: e NO [AUTHENTICATIONFAILED] …
            C: f AUTHENTICATE PLAIN
            S: +…
            C: {plain}
            S: f OK …
            S2: * OK …
            C2: a AUTHENTICATE plain {plain}
            S2: a OK …
            S3: * OK …
            C3: a AUTHENTICATE LOGIN
            S3: + VXNlcm5hbWU6
            C3: {name}
            S3: + UGFzc3dvcmQ6
            C3: {secret}
            S3: a OK …
            """);
    }

    [Fact]
    public async Task Authenticate_scram_bound_to_the_servers_certificate_or_not()
    {
        var user = await world.NewAccountAsync();
        await using var clear = world.Connect();
        await ProveAsync(clear, "S: * OK …", "SCRAM-SHA-256", new ScramClient(user, ImapWorld.Password));
        await using var bound = world.Connect(remote: Elsewhere);
        await new ProtocolScript(bound).RunAsync("""
            S: * OK …
            C: a STARTTLS
            S: a OK …
            TLS
            """);
        var binding = ServerEndPointBinding.Of(bound.ServerCertificate!);
        await ProveAsync(bound, "", "SCRAM-SHA-256-PLUS", new ScramClient(user, ImapWorld.Password, "p=tls-server-end-point,,", binding));
    }

    [Fact]
    public async Task Authenticate_scram_for_somebody_else()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        var client = new ScramClient(user, ImapWorld.Password, "n,a=other@example.test,");
        await script.RunAsync($"""
            S: * OK …
            C: a AUTHENTICATE SCRAM-SHA-256 {Base64(client.First)}
            S: + {"{challenge}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["challenge"])))}
            S: a NO [AUTHORIZATIONFAILED] …
            """);
    }

    [Fact]
    public async Task Authenticate_scram_with_what_is_wrong()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: a AUTHENTICATE SCRAM-SHA-256 {Base64("nonsense")}
            S: a BAD …
            C: b AUTHENTICATE SCRAM-SHA-256-PLUS
            S: b NO [CANNOT] …
            C: c AUTHENTICATE XOAUTH2
            S: c NO [CANNOT] …
            C: d AUTHENTICATE EXTERNAL =
            S: d NO [CANNOT] …
            """);
        var client = new ScramClient(user, "wrong");
        await script.RunAsync($"""
            C: e AUTHENTICATE SCRAM-SHA-256 {Base64(client.First)}
            S: + {"{challenge}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["challenge"])))}
            S: e NO [AUTHENTICATIONFAILED] …
            """);
    }

    /// <summary>A token may be longer than what once was the longest line.</summary>
    [Fact]
    public async Task A_long_response_is_read_whole()
    {
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($"""
            S: * OK …
            C: a AUTHENTICATE PLAIN
            S: +…
            C: {Base64($"\0nobody@example.test\0{new string('x', 6000)}")}
            S: a NO [AUTHENTICATIONFAILED] …
            """);
    }

    [Fact]
    public async Task Failed_logins_end_the_connection()
    {
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync("S: * OK …");
        for (var i = 0; i < ImapOptions.MaxFailedLogins; i++)
            await script.RunAsync("C: a LOGIN nobody@example.test wrong\nS: a NO [AUTHENTICATIONFAILED] …");
        await script.RunAsync("S: * BYE …\nEND");
    }

    [Fact]
    public async Task An_account_has_only_so_many_sessions()
    {
        var user = await world.NewAccountAsync();
        var server = world.Server(new ImapOptions { MaxPerAccount = 1 });
        await using var first = world.Connect(server);
        await using var second = world.Connect(server);
        await new ProtocolScript(first, second).RunAsync($"""
            S1: * OK …
            S2: * OK …
            C1: a LOGIN {user} "{ImapWorld.Password}"
            S1: a OK …
            C2: a LOGIN {user} "{ImapWorld.Password}"
            S2: a NO [LIMIT] …
            C1: b LOGOUT
            S1: * BYE …
            S1: b OK …
            END1
            """);
        await first.Server;
        await new ProtocolScript(second).RunAsync($"C: b LOGIN {user} \"{ImapWorld.Password}\"\nS: b OK …");
    }

    [Fact]
    public async Task An_address_has_only_so_many_connections()
    {
        var server = world.Server(new ImapOptions { MaxPerAddress = 1 });
        await using var first = world.Connect(server, Elsewhere);
        await new ProtocolScript(first).RunAsync("S: * OK …");
        await using var second = world.Connect(server, Elsewhere);
        await new ProtocolScript(second).RunAsync("S: * BYE [LIMIT] …\nEND");
    }

    [Fact]
    public async Task Silence_before_login_ends_the_connection()
    {
        var clock = new FakeTimeProvider();
        await using var session = world.Connect(clock: clock);
        await new ProtocolScript(session).RunAsync("S: * OK …");
        await Wait.UntilAsync("the session to end", () =>
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(session.Server.IsCompleted);
        });
        await new ProtocolScript(session).RunAsync("S: * BYE Autologout…\nEND");
    }

    [Fact]
    public async Task A_drain_says_goodbye()
    {
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync("S: * OK …");
        session.Stop();
        await new ProtocolScript(session).RunAsync("S: * BYE [UNAVAILABLE] …\nEND");
    }

    private static async Task ProveAsync(ScriptedSession session, string greeting, string mechanism, ScramClient client)
    {
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            {greeting}
            C: s AUTHENTICATE {mechanism}
            S: +…
            C: {Base64(client.First)}
            S: + {"{first}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["first"])))}
            S: + {"{final}"}
            """);
        Assert.Equal(client.ExpectedServerFinal, Text(script.Captured["final"]));
        await script.RunAsync($"""
            C: {""}
            S: s OK …
            """);
    }

    private static string Text(string base64) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
