using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

public sealed class StartTlsAttackTests
{
    [Theory]
    [MemberData(nameof(StartTlsAttacks.All), MemberType = typeof(StartTlsAttacks))]
    public async Task Gains_nothing(string attack)
    {
        await using var home = await Pop3Home.CreateAsync();
        await new StartTlsAttacks(clock => GreetAsync(home, clock))
        {
            Command = "STLS",
            GoAhead = "+OK ",
            Injected = "USER mary@example.test",
            Probe = "PASS secret word",
            Answer = "-ERR USER first",
        }.RunAsync(attack);
    }

    private static async Task<ScriptedSession> GreetAsync(Pop3Home home, TimeProvider clock)
    {
        var session = ScriptedSession.Start(home.Server.ServeAsync, clock: clock);
        Assert.StartsWith("+OK ", await session.ReadLineAsync(), StringComparison.Ordinal);
        return session;
    }
}
