using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>LMTP as swaks and Postfix's load generator speak it.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class LmtpTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Swaks_hears_of_the_message()
    {
        var account = await _server.NewAccountAsync("lmtp");
        var said = await SwaksAsync(0, "--to", account);
        Assert.Contains("LHLO front.example", said, StringComparison.Ordinal);
        Assert.Matches($"<-  250 2\\.0\\.0 <{account}> Ok: queued as [0-9a-f]{{32}}", said);
    }

    [Fact]
    public async Task Swaks_may_not_relay()
    {
        const int recipientRefused = 24;
        Assert.Contains("<** 550 5.7.1", await SwaksAsync(recipientRefused, "--to", "victim@elsewhere.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Smtp_source_sends_many_over_many_sessions()
    {
        var account = await _server.NewAccountAsync("lmtp");
        var sent = await ExternalCommand.RunAsync(
            "smtp-source", ["-L", "-s", "10", "-m", "200", "-l", "5000", "-d", "-f", "outside@client.example", "-t", account, $"inet:127.0.0.1:{_server.Ports.Lmtp}"]);
        sent.Expect();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        await Wait.UntilAsync("200 messages", async () => (await imap.CommandAsync("STATUS INBOX (MESSAGES)")).Untagged.Any(line => line.Text.Contains("MESSAGES 200", StringComparison.Ordinal)));
    }

    private async Task<string> SwaksAsync(int exitCode, params string[] arguments)
    {
        var result = await ExternalCommand.RunAsync(
            "swaks", ["--protocol", "LMTP", "--server", "127.0.0.1", "--port", $"{_server.Ports.Lmtp}", "--ehlo", "front.example", "--from", "outside@client.example", "--timeout", "60", .. arguments]);
        return result.Expect(exitCode).Text;
    }
}
