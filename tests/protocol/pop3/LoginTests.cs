using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Pop3;

public sealed class LoginTests : IAsyncLifetime
{
    private Pop3Home _home = null!;

    public async Task InitializeAsync() => _home = await Pop3Home.CreateAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public Task User_and_pass() => _home.RunAsync("""
        S: +OK mx.example.test POP3 server ready
        C: user mary@example.test
        S: +OK …
        C: pass secret word
        S: +OK 0 messages (0 octets)
        C: STAT
        S: +OK 0 0
        C: USER other
        S: -ERR Not after login
        C: QUIT
        S: +OK Goodbye
        END
        """);

    [Fact]
    public Task Wrong_password_and_unknown_user_look_the_same() => _home.RunAsync("""
        S: +OK …
        C: USER mary@example.test
        S: +OK Password, please
        C: PASS secret  word
        S: -ERR [AUTH] Wrong name or password
        C: PASS secret word
        S: -ERR USER first
        C: USER nobody@example.test
        S: +OK Password, please
        C: PASS x
        S: -ERR [AUTH] Wrong name or password
        C: AUTH PLAIN AG1hcnlAZXhhbXBsZS50ZXN0AHg=
        S: -ERR [AUTH] Wrong name or password
        C: auth plain AG1hcnlAZXhhbXBsZS50ZXN0AHg=
        S: -ERR [AUTH] Wrong name or password
        C: USER mary@example.test
        S: +OK Password, please
        C: PASS x
        S: -ERR [AUTH] Wrong name or password
        END
        """);

    [Fact]
    public Task Commands_of_the_transaction_wait_for_the_login() => _home.RunAsync("""
        S: +OK …
        C: STAT
        S: -ERR Log in first
        C: RETR 1
        S: -ERR Log in first
        C: APOP mary c4c9334bac560ecc979e58001b3e22fb
        S: -ERR Unknown command
        C: USER
        S: -ERR USER takes a name
        C: QUIT
        S: +OK Goodbye
        END
        """);

    [Fact]
    public Task Auth_plain_with_and_without_initial_response() => _home.RunAsync("""
        S: +OK …
        C: AUTH
        S: +OK …
        S: SCRAM-SHA-256
        S: PLAIN
        S: LOGIN
        S: .
        C: AUTH CRAM-MD5
        S: -ERR No such mechanism
        C: AUTH PLAIN
        S/ ^\+ $
        C: *
        S: -ERR Cancelled
        C: AUTH PLAIN =
        S: -ERR Not a response of the mechanism
        C: AUTH PLAIN !!!!
        S: -ERR Not a response of the mechanism
        C: AUTH PLAIN
        S/ ^\+ $
        C: AG1hcnlAZXhhbXBsZS50ZXN0AHNlY3JldCB3b3Jk
        S: +OK 0 messages (0 octets)
        """);

    [Fact]
    public Task Auth_plain_acts_for_nobody_else() => _home.RunAsync($"""
        S: +OK …
        C: AUTH PLAIN {Plain("someone@example.test", "mary@example.test", "secret word")}
        S: -ERR [AUTH] Wrong name or password
        C: AUTH PLAIN {Plain("mary@example.test", "mary@example.test", "secret word")}
        S: +OK 0 messages (0 octets)
        """);

    [Fact]
    public async Task Auth_scram_bound_to_the_servers_certificate()
    {
        await using var session = _home.ConnectRemote();
        var script = new ProtocolScript(session);
        await script.RunAsync("""
            S: +OK …
            C: STLS
            S: +OK …
            TLS
            """);
        var client = new ScramClient("mary@example.test", "secret word", "p=tls-server-end-point,,", ServerEndPointBinding.Of(session.ServerCertificate!));
        await script.RunAsync($"""
            C: AUTH SCRAM-SHA-256-PLUS {Base64(client.First)}
            S: + {"{first}"}
            """);
        await script.RunAsync($"""
            C: {Base64(client.Final(Text(script.Captured["first"])))}
            S: + {"{final}"}
            """);
        Assert.Equal(client.ExpectedServerFinal, Text(script.Captured["final"]));
        await script.RunAsync($"""
            C: {""}
            S: +OK 0 messages (0 octets)
            """);
    }

    [Fact]
    public Task Auth_login() => _home.RunAsync($"""
        S: +OK …
        C: AUTH LOGIN
        S: + VXNlcm5hbWU6
        C: {Base64("mary@example.test")}
        S: + UGFzc3dvcmQ6
        C: {Base64("secret word")}
        S: +OK 0 messages (0 octets)
        """);

    [Fact]
    public async Task Who_guesses_on_and_on_is_banned()
    {
        for (var connection = 0; connection < 4; connection++)
        {
            await using var guesser = _home.ConnectRemote();
            await new ProtocolScript(guesser).RunAsync("""
                S: +OK …
                C: STLS
                S: +OK …
                TLS
                """);
            for (var guess = 0; guess < 3 && connection * 3 + guess < 10; guess++)
                await new ProtocolScript(guesser).RunAsync("""
                    C: USER mary@example.test
                    S: +OK …
                    C: PASS open sesame
                    S: -ERR [AUTH] …
                    """);
        }
        await using var banned = _home.ConnectRemote();
        await new ProtocolScript(banned).RunAsync("""
            S: -ERR [SYS/TEMP] Too many failed logins; try again later
            END
            """);
        await _home.RunAsync(Pop3Home.Login);
    }

    [Fact]
    public async Task Passwords_do_not_travel_in_clear()
    {
        await using var session = _home.ConnectRemote();
        await new ProtocolScript(session).RunAsync("""
            S: +OK …
            C: CAPA
            S: +OK Capabilities follow
            S: TOP
            S: UIDL
            S: PIPELINING
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: EXPIRE NEVER
            S: UTF8 USER
            S: LANG
            S: IMPLEMENTATION MailMesh
            S: STLS
            S: .
            C: USER mary@example.test
            S: -ERR Passwords travel under TLS only: STLS first
            C: PASS secret word
            S: -ERR USER first
            C: AUTH PLAIN AG1hcnlAZXhhbXBsZS50ZXN0AHNlY3JldCB3b3Jk
            S: -ERR Passwords travel under TLS only: STLS first
            C: STLS
            S: +OK Begin TLS
            TLS
            C: CAPA
            S: +OK Capabilities follow
            S: TOP
            S: UIDL
            S: PIPELINING
            S: RESP-CODES
            S: AUTH-RESP-CODE
            S: EXPIRE NEVER
            S: UTF8 USER
            S: LANG
            S: IMPLEMENTATION MailMesh
            S: USER
            S: SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN
            S: .
            C: STLS
            S: -ERR TLS is in use already
            C: USER mary@example.test
            S: +OK …
            C: PASS secret word
            S: +OK 0 messages (0 octets)
            C: STLS
            S: -ERR Not after login
            """);
    }

    [Fact]
    public async Task What_came_in_clear_with_STLS_is_thrown_away()
    {
        await using var session = _home.Connect();
        await new ProtocolScript(session).RunAsync("""
            S: +OK …
            C: USER mary@example.test
            S: +OK …
            C: STLS
            C: PASS secret word
            S: +OK Begin TLS
            TLS
            C: PASS secret word
            S: -ERR USER first
            """);
    }

    [Fact]
    public async Task Maildrop_is_one_sessions_alone()
    {
        await using var first = _home.Connect();
        await using var second = _home.Connect();
        await new ProtocolScript(first, second).RunAsync("""
            S1: +OK …
            S2: +OK …
            C1: USER mary@example.test
            S1: +OK …
            C1: PASS secret word
            S1: +OK …
            C2: USER mary@example.test
            S2: +OK …
            C2: PASS secret word
            S2: -ERR [IN-USE] Another session has the mailbox open
            C2: STAT
            S2: -ERR Log in first
            C1: QUIT
            S1: +OK Goodbye
            END1
            C2: USER mary@example.test
            S2: +OK …
            C2: PASS secret word
            S2: +OK 0 messages (0 octets)
            """);
    }

    [Fact]
    public async Task Lock_is_freed_when_the_client_goes_without_a_word()
    {
        await using (var first = _home.Connect())
        {
            await new ProtocolScript(first).RunAsync(Pop3Home.Login);
            await first.CloseAsync();
            await first.Server;
        }
        await _home.RunAsync(Pop3Home.Login);
    }

    [Fact]
    public async Task Connections_of_an_address_are_limited()
    {
        await using var first = _home.ConnectRemote();
        await using var second = _home.ConnectRemote();
        await using var third = _home.ConnectRemote();
        var replies = new[] { await first.ReadLineAsync(), await second.ReadLineAsync(), await third.ReadLineAsync() };
        Assert.Equal(1, replies.Count(reply => reply == "-ERR [SYS/TEMP] Too many connections from your address"));
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Text(string base64) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string Plain(params string[] parts) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', parts)));
}
