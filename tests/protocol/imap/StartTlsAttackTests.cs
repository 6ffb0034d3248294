using System.Net;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class StartTlsAttackTests(ImapWorld world)
{
    [Theory]
    [MemberData(nameof(StartTlsAttacks.All), MemberType = typeof(StartTlsAttacks))]
    public Task Gains_nothing(string attack) => new StartTlsAttacks(GreetAsync)
    {
        Command = "a STARTTLS",
        GoAhead = "a OK ",
        Injected = "b NOOP",
        Probe = "c NOOP",
        Answer = "c OK ",
    }.RunAsync(attack);

    private async Task<ScriptedSession> GreetAsync(TimeProvider clock)
    {
        var session = world.Connect(world.Server(clock: clock), IPAddress.Parse("198.51.100.8"), clock);
        Assert.StartsWith("* OK ", await session.ReadLineAsync(), StringComparison.Ordinal);
        return session;
    }
}
