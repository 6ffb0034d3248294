using System.Text;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>curl in each of the five mail schemes.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class CurlTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sends_then_reads_the_same_octets_by_IMAP_and_POP3(bool implicitTls)
    {
        var account = await _server.NewAccountAsync("curl");
        var message = SampleMessages.Plain($"curl-{implicitTls}@client.example", from: account);
        var smtp = implicitTls ? $"smtps://127.0.0.1:{_server.Ports.Submissions}/client.example" : $"smtp://127.0.0.1:{_server.Ports.Submission}/client.example";
        (await CurlAsync(account, message, smtp, "--mail-from", account, "--mail-rcpt", account, "--upload-file", "-")).Expect();
        await _server.SettleAsync();

        var imap = implicitTls ? $"imaps://127.0.0.1:{_server.Ports.Imaps}" : $"imap://127.0.0.1:{_server.Ports.Imap}";
        Assert.EndsWith(Encoding.ASCII.GetString(message), (await CurlAsync(account, null, $"{imap}/INBOX;MAILINDEX=1")).Expect().Text, StringComparison.Ordinal);
        Assert.Contains("INBOX", (await CurlAsync(account, null, $"{imap}/")).Expect().Text, StringComparison.Ordinal);
        Assert.Contains("SEARCH 1", (await CurlAsync(account, null, $"{imap}/INBOX?SUBJECT%20curl")).Expect().Text, StringComparison.Ordinal);

        var pop = implicitTls ? $"pop3s://127.0.0.1:{_server.Ports.Pop3s}" : $"pop3://127.0.0.1:{_server.Ports.Pop3}";
        Assert.EndsWith(Encoding.ASCII.GetString(message), (await CurlAsync(account, null, $"{pop}/1")).Expect().Text, StringComparison.Ordinal);
        Assert.StartsWith("1 ", (await CurlAsync(account, null, $"{pop}/")).Expect().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_a_message_by_IMAP()
    {
        var account = await _server.NewAccountAsync("curl");
        var message = SampleMessages.Plain("upload@client.example");
        var file = Path.Combine(Scratch.NewFolder("curl"), "message"); // APPEND says its size first, so it must be a file
        await File.WriteAllBytesAsync(file, message);
        (await CurlAsync(account, null, $"imaps://127.0.0.1:{_server.Ports.Imaps}/INBOX", "--upload-file", file)).Expect();
        Assert.Equal(message, (await CurlAsync(account, null, $"imaps://127.0.0.1:{_server.Ports.Imaps}/INBOX;UID=1")).Expect().Output);
    }

    private Task<CommandResult> CurlAsync(string account, byte[]? input, string url, params string[] more) => ExternalCommand.RunAsync(
        "curl",
        ["--silent", "--show-error", "--ssl-reqd", "--cacert", Path.Combine(_server.Data, "certificate.pem"), "--user", $"{account}:{MailServer.Password}", url, .. more],
        input);
}
