using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>mbsync and offlineimap bring 20,000 messages together, half of them from each side, and both sides end equal.</summary>
[Collection(SharedServerCollection.Name)]
public sealed partial class ManyMessagesTests(SharedServer shared)
{
    private const int EachSide = 10_000;

    /// <summary>Of one APPEND.</summary>
    private const int AtOnce = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Mbsync()
    {
        var (account, folder) = await FillAsync("many-mbsync");
        var configuration = Path.Combine(Scratch.NewFolder("mbsync"), "mbsyncrc");
        await File.WriteAllTextAsync(configuration, $"""
            IMAPAccount mesh
            Host 127.0.0.1
            Port {_server.Ports.Imaps}
            User {account}
            Pass {MailServer.Password}
            # It reads the whole maildir first, and would take that time for ours.
            Timeout 300
            SSLType IMAPS
            SystemCertificates no
            CertificateFile {Path.Combine(_server.Data, "certificate.pem")}

            IMAPStore server
            Account mesh

            MaildirStore local
            Path {folder}/
            Inbox {folder}/INBOX

            Channel all
            Far :server:
            Near :local:
            Patterns INBOX
            Create Both
            Expunge Both
            SyncState *

            """);
        await SyncTwiceAsync(account, folder, () => ExternalCommand.RunAsync("mbsync", ["--quiet", "--config", configuration, "--all"], limit: Patience));
    }

    [Fact]
    public async Task Offlineimap()
    {
        var (account, folder) = await FillAsync("many-offlineimap");
        var home = Scratch.NewFolder("offlineimap");
        var configuration = Path.Combine(home, "offlineimaprc");
        await File.WriteAllTextAsync(configuration, $"""
            [general]
            accounts = mesh
            metadata = {home}/metadata
            fsync = false
            [Account mesh]
            localrepository = local
            remoterepository = remote
            [Repository local]
            type = Maildir
            localfolders = {folder}
            [Repository remote]
            type = IMAP
            remotehost = 127.0.0.1
            remoteport = {_server.Ports.Imap}
            ssl = no
            starttls = no
            auth_mechanisms = PLAIN
            remoteuser = {account}
            remotepass = {MailServer.Password}
            maxconnections = 3
            folderfilter = lambda name: name == 'INBOX'
            """);
        await SyncTwiceAsync(account, folder, () => ExternalCommand.RunAsync(
            "offlineimap", ["-c", configuration, "-o", "-u", "quiet"], environment: new Dictionary<string, string> { ["HOME"] = home, ["PYTHONDONTWRITEBYTECODE"] = "1" }, limit: Patience));
    }

    private async Task SyncTwiceAsync(string account, string folder, Func<Task<CommandResult>> sync)
    {
        (await sync()).Expect();
        var local = Local(folder);
        Assert.Equal(2 * EachSide, local.Count);
        Assert.Equal(local, await RemoteAsync(account));

        // Flags and removals of the server, and of the maildir.
        await using (var imap = await ImapWire.LoginAsync(_server, account))
        {
            (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
            (await imap.CommandAsync(@"STORE 1:2500 +FLAGS.SILENT (\Flagged)")).Expect("OK");
            (await imap.CommandAsync(@"STORE 2501:3000 +FLAGS.SILENT (\Deleted)")).Expect("OK");
            (await imap.CommandAsync("EXPUNGE")).Expect("OK");
        }
        foreach (var file in Files(folder).Order(StringComparer.Ordinal).TakeLast(2000))
            File.Move(file, Path.Combine(folder, "INBOX", "cur", Path.GetFileName(WithFlag(file, 'R'))));
        (await sync()).Expect();
        local = Local(folder);
        Assert.Equal(local, await RemoteAsync(account));
        Assert.Equal(2 * EachSide - 500, local.Count);
        Assert.True(local.Values.Count(flags => flags.Contains('F', StringComparison.Ordinal)) == 2500, "The server's flags came.");
        Assert.True(local.Values.Count(flags => flags.Contains('R', StringComparison.Ordinal)) > 1000, "The maildir's flags went.");
    }

    /// <summary>An account with half of the messages, and a maildir with the others.</summary>
    private async Task<(string Account, string Folder)> FillAsync(string name)
    {
        var account = await _server.NewAccountAsync(name);
        var folder = Scratch.NewFolder("maildir");
        foreach (var part in new[] { "cur", "new", "tmp" })
            Directory.CreateDirectory(Path.Combine(folder, "INBOX", part));
        for (var i = 0; i < EachSide; i++)
            await File.WriteAllTextAsync(Path.Combine(folder, "INBOX", "cur", $"1764000000.{i:D6}_0.client:2,S"), Text($"local-{i}").Replace("\r\n", "\n", StringComparison.Ordinal));
        await using var imap = await ImapWire.LoginAsync(_server, account);
        for (var i = 0; i < EachSide; i += AtOnce)
        {
            var command = new StringBuilder("APPEND INBOX");
            for (var j = i; j < i + AtOnce; j++)
            {
                var text = Text($"remote-{j}");
                command.Append(CultureInfo.InvariantCulture, $" (\\Seen) {{{text.Length}+}}\r\n{text}");
            }
            (await imap.CommandAsync(command.ToString())).Expect("OK");
        }
        return (account, folder);
    }

    private static string Text(string id) => Encoding.ASCII.GetString(SampleMessages.Plain($"{id}@client.example", octets: 300));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, "INBOX", "cur")).Concat(Directory.EnumerateFiles(Path.Combine(folder, "INBOX", "new")));

    private static string WithFlag(string file, char flag)
    {
        var end = file.IndexOf(":2,", StringComparison.Ordinal);
        var flags = end < 0 ? "" : file[(end + 3)..];
        return $"{(end < 0 ? file : file[..end])}:2,{string.Concat(flags.Append(flag).Distinct().Order())}";
    }

    /// <summary>Flags of each message of the maildir, by its id.</summary>
    private static SortedDictionary<string, string> Local(string folder)
    {
        var messages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files(folder))
        {
            var id = File.ReadLines(file).First(line => line.StartsWith("X-Ledger: ", StringComparison.Ordinal))["X-Ledger: ".Length..];
            var end = file.IndexOf(":2,", StringComparison.Ordinal);
            messages.Add(id, end < 0 ? "" : string.Concat(file[(end + 3)..].Where("FRS".Contains).Order()));
        }
        return messages;
    }

    /// <summary>The same of INBOX.</summary>
    private async Task<SortedDictionary<string, string>> RemoteAsync(string account)
    {
        var messages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var imap = await ImapWire.LoginAsync(_server, account);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        foreach (var response in (await imap.CommandAsync("FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (X-Ledger)])")).Expect("OK").Untagged)
        {
            if (response.Literals.Count != 1)
                continue;
            var id = Encoding.ASCII.GetString(response.Literals[0]).Trim()["X-Ledger: ".Length..];
            messages.Add(id, string.Concat(FlagName().Matches(response.Text).Select(match => Letter(match.Value)).Order()));
        }
        return messages;
    }

    private static string Letter(string flag) => flag switch
    {
        @"\Seen" => "S",
        @"\Flagged" => "F",
        @"\Answered" => "R",
        _ => "",
    };

    [GeneratedRegex(@"\\[A-Z][a-z]+")]
    private static partial Regex FlagName();
}
