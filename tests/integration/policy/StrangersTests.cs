using System.Text;
using MailMesh.AdminApi;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Policy;

/// <summary>Strangers at port 25, with DNS lists, names and SPF records in a real name server; XCLIENT says who they are.</summary>
public sealed class StrangersTests : IAsyncLifetime
{
    private const string Alice = "alice@mesh.test";

    private static readonly string[] Zone =
    [
        "10.2.0.192.zen.list.test. 60 IN A 127.0.0.4",
        "10.2.0.192.zen.list.test. 60 IN TXT \"https://zen.list.test/?192.0.2.10\"",
        "20.2.0.192.soft.list.test. 60 IN A 127.0.0.2",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.list.test. 60 IN A 127.0.0.2",
        "40.2.0.192.zen.list.test. 60 IN A 127.0.0.10", // a code that does not count
        "30.2.0.192.in-addr.arpa. 60 IN PTR mail.good.test.",
        "mail.good.test. 60 IN A 192.0.2.30",
        "good.test. 60 IN TXT \"v=spf1 a:mail.good.test -all\"",
        "bad.test. 60 IN TXT \"v=spf1 -all\"",
    ];

    private NameServer _dns = null!;
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _dns = await NameServer.StartAsync(Zone);
        _server = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Alice],
            Environment = new Dictionary<string, string>
            {
                ["MAILMESH__DNS__SERVERS"] = _dns.Address,
                ["MAILMESH__INGRESS__XCLIENT__NETWORKS"] = "127.0.0.0/8",
                ["MAILMESH__INGRESS__POLICY__DNSLISTS"] = "zen.list.test=127.0.0.[2-4]*8, soft.list.test=3",
                ["MAILMESH__INGRESS__SUBMISSION__POLICY__DENYNETWORKS"] = "192.0.2.0/24",
            },
        });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _dns.DisposeAsync();
    }

    [Fact]
    public async Task Each_meets_what_it_deserves()
    {
        await using (var listed = await AsAsync("192.0.2.10"))
            (await SendAsync(listed, "a@good.test")).Expect(550, "5.7.1 Client 192.0.2.10 is listed by zen.list.test: https://zen.list.test/?192.0.2.10");
        await using (var listed = await AsAsync("IPV6:2001:db8::1"))
            (await SendAsync(listed, "a@good.test")).Expect(550, "5.7.1 Client 2001:db8::1 is listed by zen.list.test");
        await using (var dubious = await AsAsync("192.0.2.20"))
            await ExpectAsync((await SendAsync(dubious, "a@bad.test")).Expect(250).TraceId, "Junk", "dnslist soft.list.test=listed +3.0", "iprev=permerror +0.7", "spf=fail +3.5");
        await using (var good = await AsAsync("192.0.2.30"))
            await ExpectAsync((await SendAsync(good, "a@good.test")).Expect(250).TraceId, "INBOX", "iprev=pass", "spf=pass");
        await using (var other = await AsAsync("192.0.2.40"))
            (await SendAsync(other, "a@good.test")).Expect(250);
        await ExpectHeaderAsync();
    }

    [Fact]
    public async Task Who_does_not_wait_is_not_greeted()
    {
        await using var client = await SmtpWire.ConnectAsync(_server.Ports.Smtp);
        await client.SendAsync("XCLIENT ADDR=198.51.100.1\r\nEHLO early.test\r\n");
        (await client.ReadReplyAsync()).Expect(554, "5.5.1 You must wait for the greeting");
    }

    [Fact]
    public async Task A_listener_has_rules_of_its_own()
    {
        await using var client = await SmtpWire.GreetAsync(_server.Ports.Submission);
        (await client.CommandAsync("XCLIENT ADDR=192.0.2.30")).Expect(554, "5.7.1 Your network is not served here");
        await using var smtp = await AsAsync("192.0.2.30");
    }

    private async Task<SmtpWire> AsAsync(string address)
    {
        var client = await SmtpWire.ConnectAsync(_server.Ports.Smtp);
        (await client.CommandAsync($"XCLIENT ADDR={address}")).Expect(220);
        (await client.CommandAsync("EHLO mail.good.test")).Expect(250);
        return client;
    }

    private static Task<SmtpReply> SendAsync(SmtpWire client, string from) => client.SendMailAsync(from, [Alice], "Subject: hello\r\n\r\nx\r\n"u8.ToArray());

    /// <summary>Promise 4: the story tells each check's part.</summary>
    private async Task ExpectAsync(string id, string mailbox, params string[] parts)
    {
        StoryEvent? delivered = null;
        await Wait.UntilAsync("the delivery", async () => (delivered = (await _server.StoryAsync(id)).Events.FirstOrDefault(line => line.Event == "delivered")) is not null);
        Assert.Equal(mailbox, delivered!.Detail["mailbox"]);
        var verdict = (await _server.StoryAsync(id)).Events.Single(line => line.Event == "verdict");
        Assert.All(parts, part => Assert.StartsWith(part[(part.IndexOf('=') + 1)..], verdict.Detail[part[..part.IndexOf('=')]], StringComparison.Ordinal));
    }

    private async Task ExpectHeaderAsync()
    {
        await using var imap = await ImapWire.LoginAsync(_server, Alice);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var header = Encoding.Latin1.GetString((await imap.CommandAsync("FETCH 1 BODY.PEEK[HEADER]")).Expect("OK").Literal).ReplaceLineEndings("").Replace('\t', ' ');
        Assert.Contains("Received: from mail.good.test (mail.good.test [192.0.2.30])", header, StringComparison.Ordinal);
        Assert.Contains("iprev=pass policy.iprev=192.0.2.30", header, StringComparison.Ordinal);
        Assert.Contains("spf=pass smtp.mailfrom=good.test", header, StringComparison.Ordinal);
    }
}
