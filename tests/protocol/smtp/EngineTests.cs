using MailMesh.Ingress.Session;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>Engines that hang: a session waits for so long, and the process holds so much.</summary>
public sealed class EngineTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Transaction = """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.0 …
        S: 250 2.1.5 …

        """;

    private const string Message = """
        C: DATA
        S: 354 …
        C: x
        C: .

        """;

    [Fact]
    public async Task A_store_that_hangs_is_waited_for_so_long_and_the_session_goes_on()
    {
        Options = Options with { EngineTimeout = TimeSpan.FromMilliseconds(100) };
        var hanging = new TaskCompletionSource();
        Blobs.Completing = () => hanging.Task;
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + Transaction + Message + "S: 451 4.3.0 Temporary failure on our side, try again later");
        Assert.Empty(Intake.Messages);
        Assert.Equal(1, Blobs.OpenWriters); // the store reads from it still
        Blobs.Completing = () => Task.CompletedTask;
        await script.RunAsync(Transaction + Message + "S: 250 2.0.0 Ok: queued as …");
        hanging.SetResult();
        await Wait.UntilAsync("no writer left", () => Task.FromResult(Blobs.OpenWriters == 0));
    }

    [Fact]
    public async Task Messages_that_hang_are_counted_until_the_store_lets_go_and_more_are_shed()
    {
        Options = Options with { EngineTimeout = TimeSpan.FromMilliseconds(100), MaxMessages = 1 };
        var hanging = new TaskCompletionSource();
        Blobs.Completing = () => hanging.Task;
        await RunAsync(Ehlo + Transaction + Message + "S: 451 4.3.0 …");
        await RunAsync(Ehlo + Transaction + """
            C: DATA
            S: 421 4.3.2 Too many messages at once, try again later
            END
            """);
        hanging.SetResult();
        await Wait.UntilAsync("a place", () => Task.FromResult(HasPlace()));
        await RunAsync(Ehlo + Transaction + Message + "S: 250 2.0.0 Ok: queued as …");
    }

    private bool HasPlace()
    {
        var place = Server.InWork.TryEnter(1);
        place?.Dispose();
        return place is not null;
    }
}
