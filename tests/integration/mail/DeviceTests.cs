using System.Text;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mail;

/// <summary>In place of a Windows SMTP relay: devices of listed networks send by swaks without a password, programs by dropping a file.</summary>
public sealed class DeviceTests
{
    private const string Bob = "bob@remote.test";

    /// <summary>What swaks exits with when a sender, or a recipient, was refused.</summary>
    private const int SenderRefused = 23;
    private const int RecipientRefused = 24;

    [Fact]
    public async Task Printers_and_dropped_files_reach_another_server_and_strangers_do_not()
    {
        var pickup = Scratch.NewFolder("pickup");
        await using var remote = await RunningServer.StartAsync(new ServerOptions { Hostname = "mx.remote.test", Accounts = [Bob] });
        await using var local = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = ["scans@mesh.test"],
            Environment = new Dictionary<string, string>
            {
                ["MAILMESH__INGRESS__XCLIENT__NETWORKS"] = "127.0.0.0/8",
                ["MAILMESH__INGRESS__FROMCHECK"] = "reject",
                ["MAILMESH__INGRESS__PICKUP__FOLDER"] = pickup,
            },
        });
        await local.AddRouteAsync("remote.test", remote.Ports.Smtp);
        (await local.CliAsync("client", "add", "10.77.0.0/24", "--sender", "scans@mesh.test", "--quota", "2", "--description", "printers")).Expect();
        Assert.Contains("10.77.0.0/24", (await local.CliAsync("client", "list")).Expect().Text, StringComparison.Ordinal);

        await Wait.UntilAsync("the printer may send", async () => (await SwaksAsync(local, "10.77.0.7")).ExitCode == 0); // copies read the list every few seconds
        await SwaksAsync(local, "10.77.0.7");
        var third = await SwaksAsync(local, "10.77.0.7");
        Assert.Equal(SenderRefused, third.ExitCode);
        Assert.Contains("452 4.7.1", third.Text, StringComparison.Ordinal);
        Assert.Equal(RecipientRefused, (await SwaksAsync(local, "10.78.0.7")).ExitCode);

        var message = "From: Accounts <scans@mesh.test>\nTo: bob@remote.test\nBcc: hidden@remote.test\nSubject: dropped\n\nby a program\n";
        var file = Path.Combine(pickup, "invoice.eml");
        await File.WriteAllTextAsync(file + ".new", message.Replace("hidden@remote.test", Bob, StringComparison.Ordinal));
        File.Move(file + ".new", file);
        await using var imap = await ImapWire.LoginAsync(remote, Bob);
        await Wait.UntilAsync("three messages at the other server", async () => await imap.CountAsync() == 3);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var headers = new StringBuilder();
        for (var i = 1; i <= 3; i++)
            headers.Append(Encoding.UTF8.GetString((await imap.CommandAsync($"FETCH {i} BODY.PEEK[HEADER]")).Expect("OK").Literal));
        Assert.Contains("Subject: dropped", headers.ToString(), StringComparison.Ordinal);
        Assert.Contains("Return-Path: <scans@mesh.test>", headers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Bcc:", headers.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Return-Path: <scanner@device.invalid>", headers.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(pickup));
    }

    private static Task<CommandResult> SwaksAsync(RunningServer server, string client) => ExternalCommand.RunAsync(
        "swaks",
        [
            "--server", "127.0.0.1", "--port", $"{server.Ports.Smtp}", "--ehlo", "printer.device.invalid", "--timeout", "60",
            "--xclient-addr", client, "--from", "scanner@device.invalid", "--to", Bob, "--header", "Subject: scan",
        ]);
}
