using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>mutt sends with an attachment and keeps its copy on the server.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class MuttTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Sends_an_attachment_and_files_its_copy_by_IMAP()
    {
        var account = await _server.NewAccountAsync("mutt");
        var folder = Scratch.NewFolder("mutt");
        var configuration = Path.Combine(folder, "muttrc");
        var attachment = Path.Combine(folder, "notes.txt");
        await File.WriteAllTextAsync(attachment, "The notes.\n");
        await File.WriteAllTextAsync(configuration, $"""
            set from="{account}" realname="Mutt User" use_from=yes
            set smtp_url="smtps://127.0.0.1:{_server.Ports.Submissions}" smtp_pass="{MailServer.Password}" smtp_authenticators="plain"
            set smtp_url="smtps://{account.Replace("@", "%40", StringComparison.Ordinal)}@127.0.0.1:{_server.Ports.Submissions}"
            set imap_user="{account}" imap_pass="{MailServer.Password}"
            set folder="imaps://127.0.0.1:{_server.Ports.Imaps}" record="+Sent" copy=yes
            set certificate_file="{Path.Combine(_server.Data, "certificate.pem")}" ssl_verify_host=no
            """);
        var sent = await ExternalCommand.RunAsync(
            "mutt", ["-F", configuration, "-s", "With notes", "-a", attachment, "--", account], "The body.\n"u8.ToArray(), new Dictionary<string, string> { ["HOME"] = folder, ["TERM"] = "dumb" });
        sent.Expect();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        await Wait.UntilAsync("the message in the inbox", async () => await imap.CountAsync() == 1);
        Assert.Equal(1, await imap.CountAsync("Sent"));
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        Assert.Contains("\"notes.txt\"", (await imap.CommandAsync("FETCH 1 BODYSTRUCTURE")).Expect("OK").All, StringComparison.Ordinal);
    }
}
