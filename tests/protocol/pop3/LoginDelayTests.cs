using MailMesh.Access.Pop3;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

/// <summary>RFC 2449 §6.5 LOGIN-DELAY.</summary>
public sealed class LoginDelayTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private Pop3Home _home = null!;

    public async Task InitializeAsync() => _home = await Pop3Home.CreateAsync(_clock, new Pop3Options { LoginDelay = TimeSpan.FromSeconds(90) });

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task A_second_login_waits_for_its_time()
    {
        const string LogIn = """
            S: +OK …
            C: USER mary@example.test
            S: +OK …
            C: PASS secret word

            """;
        await _home.RunAsync("""
            S: +OK …
            C: CAPA
            S> LOGIN-DELAY 90
            S> .
            C: USER mary@example.test
            S: +OK …
            C: PASS wrong
            S: -ERR [AUTH] …
            C: QUIT
            S: +OK …
            """);
        await _home.RunAsync(LogIn + "S: +OK …\nC: QUIT\nS: +OK …\nEND");
        await _home.RunAsync(LogIn + "S: -ERR [LOGIN-DELAY] …\nC: STAT\nS: -ERR …\nC: QUIT\nS: +OK …");
        _clock.Advance(TimeSpan.FromSeconds(89));
        await _home.RunAsync(LogIn + "S: -ERR [LOGIN-DELAY] …\nC: QUIT\nS: +OK …");
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _home.RunAsync(LogIn + "S: +OK …\nC: QUIT\nS: +OK …\nEND");
    }
}
