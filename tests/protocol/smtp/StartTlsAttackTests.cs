using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class StartTlsAttackTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Theory]
    [MemberData(nameof(StartTlsAttacks.All), MemberType = typeof(StartTlsAttacks))]
    public Task Gains_nothing(string attack) => new StartTlsAttacks(GreetAsync)
    {
        Command = "STARTTLS",
        GoAhead = "220 2.0.0 ",
        Injected = "EHLO injected.example",
        Probe = "MAIL FROM:<a@b.example>",
        Answer = "503 5.5.1 Send EHLO first",
    }.RunAsync(attack);

    private async Task<ScriptedSession> GreetAsync(TimeProvider clock)
    {
        Clock = clock;
        var session = Connect();
        await new ProtocolScript(session).RunAsync(Ehlo);
        return session;
    }
}
