using System.Text;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>mbsync (isync) keeps a maildir and the server the same, in both directions.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class MbsyncTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_maildir_and_the_server_become_the_same_in_both_directions()
    {
        var account = await _server.NewAccountAsync("mbsync");
        var folder = Scratch.NewFolder("maildir");
        var configuration = await ConfigureAsync(folder, account);
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
        {
            for (var i = 1; i <= 3; i++)
                (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain($"sync-{i}@client.example"))).Expect(250);
        }
        await _server.SettleAsync();

        await SyncAsync(configuration);
        var files = MessagesOf(folder, "INBOX");
        Assert.Equal(3, files.Count);
        foreach (var file in files)
        {
            var id = IdOf(file);
            var lines = (await File.ReadAllLinesAsync(file)).Where(line => !line.StartsWith("X-TUID: ", StringComparison.Ordinal)); // mbsync's own mark
            Assert.EndsWith(Encoding.ASCII.GetString(SampleMessages.Plain(id)).Replace("\r\n", "\n", StringComparison.Ordinal), string.Join('\n', lines) + "\n", StringComparison.Ordinal);
        }

        // On the maildir: one is read and flagged, one is deleted, a new one and a new folder appear.
        var pulled = files.ToDictionary(IdOf);
        Rename(pulled["sync-1@client.example"], "FS");
        Rename(pulled["sync-2@client.example"], "ST");
        await WriteAsync(folder, "INBOX", "local@client.example");
        await WriteAsync(folder, "Projects", "project@client.example");
        await SyncAsync(configuration);
        await using var imap = await ImapWire.LoginAsync(_server, account);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        Assert.Equal(3, await imap.CountAsync());
        Assert.Equal(1, await imap.CountAsync("Projects"));
        Assert.Contains("* SEARCH 1", (await imap.CommandAsync("SEARCH FLAGGED SEEN HEADER Message-ID sync-1")).Expect("OK").All, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\* SEARCH \d", (await imap.CommandAsync("SEARCH HEADER Message-ID sync-2")).Expect("OK").All);

        // On the server: the flag goes, another comes, and one message is expunged.
        (await imap.CommandAsync(@"STORE 1 FLAGS (\Seen \Answered)")).Expect("OK");
        (await imap.CommandAsync(@"STORE 2 +FLAGS (\Deleted)")).Expect("OK");
        (await imap.CommandAsync("EXPUNGE")).Expect("OK");
        await SyncAsync(configuration);
        var left = MessagesOf(folder, "INBOX").ToDictionary(IdOf);
        Assert.Equal(["local@client.example", "sync-1@client.example"], left.Keys.Order(StringComparer.Ordinal));
        Assert.EndsWith(":2,RS", left["sync-1@client.example"], StringComparison.Ordinal);

        // Nothing more to do: nothing changes.
        await SyncAsync(configuration);
        Assert.Equal(left.Values.Order(), MessagesOf(folder, "INBOX").Order());
    }

    private static async Task WriteAsync(string folder, string mailbox, string id)
    {
        foreach (var part in new[] { "cur", "new", "tmp" })
            Directory.CreateDirectory(Path.Combine(folder, mailbox, part));
        var text = Encoding.ASCII.GetString(SampleMessages.Plain(id)).Replace("\r\n", "\n", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, mailbox, "cur", $"1764000000.{id}:2,S"), text);
    }

    private static void Rename(string file, string flags)
    {
        var name = Path.GetFileName(file);
        var end = name.IndexOf(":2,", StringComparison.Ordinal);
        var cur = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(file))!, "cur");
        File.Move(file, Path.Combine(cur, $"{(end < 0 ? name : name[..end])}:2,{flags}"));
    }

    private static string IdOf(string file) =>
        File.ReadLines(file).First(line => line.StartsWith("X-Ledger: ", StringComparison.Ordinal))["X-Ledger: ".Length..];

    private static List<string> MessagesOf(string folder, string mailbox) =>
        [.. Directory.GetFiles(Path.Combine(folder, mailbox, "cur")), .. Directory.GetFiles(Path.Combine(folder, mailbox, "new"))];

    private static async Task SyncAsync(string configuration)
    {
        var result = await ExternalCommand.RunAsync("mbsync", ["--config", configuration, "--all"]);
        result.Expect();
        Assert.DoesNotContain("arning", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> ConfigureAsync(string folder, string account)
    {
        var configuration = Path.Combine(Scratch.NewFolder("mbsync"), "mbsyncrc");
        await File.WriteAllTextAsync(configuration, $"""
            IMAPAccount mesh
            Host 127.0.0.1
            Port {_server.Ports.Imaps}
            User {account}
            Pass {MailServer.Password}
            SSLType IMAPS
            SystemCertificates no
            CertificateFile {Path.Combine(_server.Data, "certificate.pem")}

            IMAPStore server
            Account mesh

            MaildirStore local
            Path {folder}/
            Inbox {folder}/INBOX
            SubFolders Verbatim

            Channel all
            Far :server:
            Near :local:
            Patterns *
            Create Both
            Expunge Both
            SyncState *

            """);
        return configuration;
    }
}
