using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MailMesh.Testing;
using MimeKit;

namespace MailMesh.Integration.Tests.Relay;

/// <summary>From one server to another, as a route or the DNS says, and back as a delivery status notification when it cannot be.</summary>
public sealed class RelayTests
{
    private const string Alice = "alice@mesh.test";
    private const string Bob = "bob@remote.test";

    private static readonly ServerOptions Remote = new() { Hostname = "mx.remote.test", Accounts = [Bob] };

    [Fact]
    public async Task A_route_leads_to_the_other_server()
    {
        await using var remote = await RunningServer.StartAsync(Remote);
        await using var local = await RunningServer.StartAsync(new ServerOptions { Accounts = [Alice] });
        (await local.CliAsync("route", "add", "remote.test", $"127.0.0.1:{remote.Ports.Smtp}")).Expect();
        var sent = SampleMessages.Plain("routed@mesh.test", from: Alice);
        var id = await SubmitAsync(local, Bob, sent);
        await ExpectMailAsync(remote, Bob, sent);
        await ExpectStoryAsync(local, id, "relayed");
        Assert.Equal(0, (await local.StatusAsync()).Holds.Queue);
    }

    [Fact]
    public async Task MX_records_lead_to_the_other_server_by_preference()
    {
        await using var remote = await RunningServer.StartAsync(Remote);
        await using var dns = await NameServer.StartAsync(
        [
            "remote.test. 60 IN MX 10 nobody.remote.test.", // refuses connections: the next one is tried
            "remote.test. 60 IN MX 20 mx.remote.test.",
            "nobody.remote.test. 60 IN A 127.0.0.9",
            "mx.remote.test. 60 IN A 127.0.0.1",
        ]);
        await using var local = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Alice],
            Environment = new Dictionary<string, string> { ["MAILMESH__DNS__SERVERS"] = dns.Address, ["MAILMESH__RELAY__PORT"] = $"{remote.Ports.Smtp}" },
        });
        var sent = SampleMessages.Plain("by-mx@mesh.test", from: Alice);
        await SubmitAsync(local, Bob, sent);
        var received = await ExpectMailAsync(remote, Bob, sent);
        Assert.Contains("TLS", received, StringComparison.OrdinalIgnoreCase); // opportunistic STARTTLS was used: the Received field says so
    }

    /// <summary>RFC 7505 null MX, NXDOMAIN, and a server that refuses the recipient: each is final at once, and the sender is told.</summary>
    [Fact]
    public async Task What_can_never_be_delivered_comes_back_as_a_notification_that_parses()
    {
        await using var remote = await RunningServer.StartAsync(Remote);
        await using var dns = await NameServer.StartAsync(
        [
            "nomail.test. 60 IN MX 0 .",
            "remote.test. 60 IN MX 10 mx.remote.test.",
            "mx.remote.test. 60 IN A 127.0.0.1",
        ]);
        await using var local = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Alice],
            Environment = new Dictionary<string, string> { ["MAILMESH__DNS__SERVERS"] = dns.Address, ["MAILMESH__RELAY__PORT"] = $"{remote.Ports.Smtp}" },
        });
        var refused = new Dictionary<string, string>
        {
            ["someone@nomail.test"] = "5.1.10",
            ["someone@nowhere.test"] = "5.1.2",
            ["stranger@remote.test"] = "5.1.1",
        };
        foreach (var (recipient, status) in refused)
        {
            var id = await SubmitAsync(local, recipient, SampleMessages.Plain($"lost-{status}@mesh.test", from: Alice));
            await ExpectStoryAsync(local, id, "bounced");
        }
        await local.SettleAsync();

        using var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await imap.ConnectAsync("127.0.0.1", local.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        await imap.AuthenticateAsync(Alice, MailServer.Password);
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        await Wait.UntilAsync("three notifications in alice's inbox", async () =>
        {
            await imap.NoOpAsync();
            return inbox.Count == refused.Count;
        });
        var found = new Dictionary<string, string>();
        for (var i = 0; i < inbox.Count; i++)
        {
            var message = await inbox.GetMessageAsync(i);
            var report = Assert.IsType<MultipartReport>(message.Body);
            Assert.Equal("delivery-status", report.ReportType, ignoreCase: true);
            var status = report.OfType<MessageDeliveryStatus>().Single();
            var recipient = status.StatusGroups[1];
            Assert.Equal("failed", recipient["Action"]);
            found[recipient["Final-Recipient"]!.Split(';')[1].Trim()] = recipient["Status"]!.Split(' ')[0];
            Assert.Equal("<>", message.Headers[HeaderId.ReturnPath]);
            Assert.Contains("auto-replied", message.Headers[HeaderId.AutoSubmitted], StringComparison.Ordinal);
        }
        Assert.Equal(refused.OrderBy(pair => pair.Key), found.OrderBy(pair => pair.Key));
    }

    [Fact]
    public async Task A_server_that_is_away_gets_its_mail_when_it_is_back_also_after_a_kill()
    {
        await using var remote = await RunningServer.StartAsync(Remote);
        await using var local = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Alice],
            Environment = new Dictionary<string, string>
            {
                ["MAILMESH__RELAY__MINBACKOFF"] = "00:00:01",
                ["MAILMESH__RELAY__MAXBACKOFF"] = "00:00:02",
                ["MAILMESH__RELAY__LEASE"] = "00:00:05",
                ["MAILMESH__RELAY__POLL"] = "00:00:01",
            },
        });
        await local.AddRouteAsync("remote.test", remote.Ports.Smtp);
        await remote.KillAsync();
        var sent = SampleMessages.Plain("patient@mesh.test", from: Alice);
        var id = await SubmitAsync(local, Bob, sent);
        await ExpectStoryAsync(local, id, "deferred");
        Assert.Contains(Bob, (await local.CliAsync("queue", "list")).Expect().Text, StringComparison.Ordinal);
        await local.KillAsync();
        await local.StartAgainAsync();
        await remote.StartAgainAsync();
        await ExpectMailAsync(remote, Bob, sent);
        await Wait.UntilAsync("an empty queue", async () => (await local.StatusAsync()).Holds.Queue == 0);
    }

    [Fact]
    public async Task The_queue_can_be_held_released_and_deleted()
    {
        await using var local = await RunningServer.StartAsync(new ServerOptions { Accounts = [Alice] });
        await local.AddRouteAsync("remote.test", ServerPorts.Find().Smtp); // nobody listens there
        var id = await SubmitAsync(local, Bob, SampleMessages.Plain("held@mesh.test", from: Alice));
        await ExpectStoryAsync(local, id, "deferred");
        (await local.CliAsync("queue", "hold", id)).Expect();
        Assert.Contains("held", (await local.CliAsync("queue", "list")).Expect().Text, StringComparison.Ordinal);
        (await local.CliAsync("queue", "retry", id)).Expect();
        (await local.CliAsync("queue", "show", id)).Expect();
        (await local.CliAsync("queue", "delete", id)).Expect();
        Assert.Equal(0, (await local.StatusAsync()).Holds.Queue);
    }

    private static async Task<string> SubmitAsync(RunningServer server, string recipient, byte[] message)
    {
        await using var smtp = await SmtpWire.GreetAsync(server.Ports.Submissions, tls: true);
        await smtp.AuthenticateAsync(Alice);
        return (await smtp.SendMailAsync(Alice, [recipient], message)).Expect(250).TraceId;
    }

    /// <summary>Waits for the one message of an account and returns its header.</summary>
    private static async Task<string> ExpectMailAsync(RunningServer server, string account, byte[] sent)
    {
        await using var imap = await ImapWire.LoginAsync(server, account);
        await Wait.UntilAsync($"the message in the inbox of {account}", async () => await imap.CountAsync() == 1);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var back = (await imap.CommandAsync("FETCH 1 BODY.PEEK[]")).Expect("OK").Literal;
        Assert.True(back.AsSpan().EndsWith(sent), Encoding.Latin1.GetString(back));
        return Encoding.Latin1.GetString(back, 0, back.Length - sent.Length);
    }

    private static Task ExpectStoryAsync(RunningServer server, string id, string step) =>
        Wait.UntilAsync($"'{step}' in the story of {id}", async () => (await server.StoryAsync(id)).Events.Any(line => line.Event == step));
}
