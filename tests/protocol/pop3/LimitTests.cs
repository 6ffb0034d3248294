using MailMesh.Access.Pop3;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

public sealed class LimitTests
{
    [Fact]
    public async Task Command_that_is_too_long_is_refused_and_the_session_goes_on()
    {
        await using var home = await Pop3Home.CreateAsync();
        await home.RunAsync($"""
            S: +OK …
            C: NOOP {new string('x', 250)}
            S: -ERR The command is too long
            C: NOOP {new string('x', 100_000)}
            S: -ERR The command is too long
            C: AUTH PLAIN
            S/ ^\+ $
            C: {new string('A', 20_000)}
            S: -ERR The response is too long
            C: USER mary@example.test
            S: +OK …
            C: PASS secret word
            S: +OK …
            """);
    }

    [Fact]
    public async Task Wrong_passwords_are_as_many_as_the_setting_says()
    {
        await using var home = await Pop3Home.CreateAsync(settings: new Pop3Options { MaxFailedLogins = 1 });
        await home.RunAsync("""
            S: +OK …
            C: USER mary@example.test
            S: +OK …
            C: PASS wrong
            S: -ERR [AUTH] …
            END
            """);
    }

    [Fact]
    public async Task Any_octets_are_an_unknown_command()
    {
        await using var home = await Pop3Home.CreateAsync();
        await home.RunAsync("""
            S: +OK …
            C~ \x00\xFF\xFE\r\n
            S: -ERR Unknown command
            C~ \r\n
            S: -ERR Unknown command
            C~ QUIT\n
            S: +OK Goodbye
            END
            """);
    }

    [Fact]
    public async Task Silent_client_is_cut_and_its_maildrop_freed()
    {
        var clock = new FakeTimeProvider();
        await using var home = await Pop3Home.CreateAsync(clock);
        await using var silent = home.Connect();
        await new ProtocolScript(silent).RunAsync(Pop3Home.Login);
        for (var minutes = 0; minutes < 9; minutes++)
            clock.Advance(TimeSpan.FromMinutes(1));
        await new ProtocolScript(silent).RunAsync("C: NOOP\nS: +OK");
        while (!silent.Server.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(1)); // until the session waits and its wait is over
            await Task.Yield();
        }
        await new ProtocolScript(silent).RunAsync("END");
        await home.RunAsync(Pop3Home.Login);
    }

    [Fact]
    public async Task Server_that_goes_down_says_so_to_a_waiting_client()
    {
        await using var home = await Pop3Home.CreateAsync();
        await using var session = home.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Pop3Home.Login);
        session.Stop();
        await script.RunAsync("S: -ERR [SYS/TEMP] The server is going down\nEND");
    }
}
