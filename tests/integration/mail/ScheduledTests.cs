using System.Globalization;
using System.Text;
using System.Text.Json;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mail;

/// <summary>Scheduled mail from submission to mailbox, over a server that is killed meanwhile.</summary>
public sealed class ScheduledTests
{
    private const string Account = "user@mesh.test";

    [Fact]
    public async Task It_goes_at_its_moment_outlives_a_crash_and_can_be_sent_or_cancelled_by_its_user()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = [Account] });
        await SubmitAsync(server);
        await Wait.UntilAsync("the first message in the mailbox", async () => await CountAsync(server) == 1);

        await server.KillAsync();
        await server.StartAgainAsync();
        var held = await ListAsync(server);
        Assert.Equal(["Letter 2", "Letter 3"], held.Select(one => one.Subject));

        await AsUserAsync(server, "scheduled", "cancel", held[1].Id);
        Assert.Contains("waits", (await server.CliAsync("scheduled", "cancel", held[1].Id)).Error, StringComparison.Ordinal);
        await AsUserAsync(server, "scheduled", "send", held[0].Id);
        await Wait.UntilAsync("the second message in the mailbox", async () => await CountAsync(server) == 2);
        Assert.Empty(await ListAsync(server));

        await Wait.UntilAsync("its whole story", async () => (await server.StoryAsync(held[0].Id)).Events.Any(step => step.Event == "delivered"));
        Assert.Equal(["received", "held", "released"], (await server.StoryAsync(held[0].Id)).Events.Take(3).Select(step => step.Event));
        Assert.Equal("cancelled", (await server.StoryAsync(held[1].Id)).Events[^1].Event);
    }

    private static async Task SubmitAsync(RunningServer server)
    {
        var script = Path.Combine(Repository.Root, "tests", "integration", "clients", "scheduled_session.py");
        var environment = new Dictionary<string, string> { ["CERTIFICATE"] = Path.Combine(server.Data, "certificate.pem"), ["PYTHONDONTWRITEBYTECODE"] = "1" };
        var port = server.Ports.Submissions.ToString(CultureInfo.InvariantCulture);
        (await ExternalCommand.RunAsync("/usr/bin/python3", [script, Account, MailServer.Password, port], environment: environment)).Expect();
    }

    private static async Task<List<(string Id, string Subject)>> ListAsync(RunningServer server)
    {
        using var list = JsonDocument.Parse(await AsUserAsync(server, "scheduled", "list", "--json"));
        return [.. list.RootElement.EnumerateArray().Select(one => (one.GetProperty("messageId").GetString()!, one.GetProperty("subject").GetString()!))];
    }

    private static async Task<string> AsUserAsync(RunningServer server, params string[] words)
    {
        var result = await ExternalCommand.RunAsync(
            "dotnet", [Repository.Program("cli"), .. words, "--url", server.Http.BaseAddress!.ToString(), "--user", Account, "--password-stdin"], input: Encoding.UTF8.GetBytes(MailServer.Password + "\n"));
        return result.Expect().Text;
    }

    private static async Task<int> CountAsync(RunningServer server)
    {
        await using var imap = await ImapWire.LoginAsync(server, Account);
        return await imap.CountAsync();
    }
}
