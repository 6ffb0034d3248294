using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>Mail through processes of their own: in by any copy, out by any copy.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class MailFlowTests(SharedMesh shared)
{
    private readonly MeshCluster _mesh = shared.Mesh;

    [MeshTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_one_ingress_takes_both_access_copies_show(int ingress)
    {
        var account = await _mesh.Admin.NewAccountAsync("flow");
        var sent = SampleMessages.Plain($"flow-{ingress}@client.example", 20_000);
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[ingress].Ports.Smtp);
        var id = (await smtp.SendMailAsync("sender@client.example", [account], sent)).Expect(250).TraceId;
        foreach (var access in _mesh.Access)
        {
            using var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
            await imap.ConnectAsync("127.0.0.1", access.Ports.Imaps, SecureSocketOptions.SslOnConnect);
            await imap.AuthenticateAsync(account, MailServer.Password);
            var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
            await inbox.OpenAsync(FolderAccess.ReadOnly);
            await Wait.UntilAsync("the message in the inbox", async () =>
            {
                await imap.NoOpAsync();
                return inbox.Count == 1;
            });
            using var octets = new MemoryStream();
            await (await inbox.GetStreamAsync(0)).CopyToAsync(octets);
            Assert.True(octets.ToArray().AsSpan().EndsWith(sent), Encoding.Latin1.GetString(octets.ToArray()));
            await imap.DisconnectAsync(quit: true);
        }
        await ExpectStoryAsync(id, "delivered");
    }

    [MeshFact]
    public async Task What_is_submitted_for_another_domain_the_relay_brings_there()
    {
        await using var remote = await StartRemoteAsync("relayed.test", "bob@relayed.test");
        var alice = await _mesh.Admin.NewAccountAsync("alice");
        var sent = SampleMessages.Plain("relayed@mesh.test", from: alice);
        var id = await SubmitAsync(alice, ["bob@relayed.test"], sent);
        await ExpectMailAsync(remote, "bob@relayed.test", sent);
        await ExpectStoryAsync(id, "relayed");
    }

    [MeshFact]
    public async Task An_alias_with_a_local_and_a_remote_target_leads_to_both()
    {
        await using var remote = await StartRemoteAsync("split.test", "carol@split.test");
        var dave = await _mesh.Admin.NewAccountAsync("dave");
        await _mesh.Admin.AddAliasAsync("team@mesh.test", dave);
        await _mesh.Admin.AddAliasAsync("team@mesh.test", "carol@split.test");
        var sent = SampleMessages.Plain("split@client.example");
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", ["team@mesh.test"], sent)).Expect(250);
        await ExpectMailAsync(_mesh.Access[0], dave, sent);
        await ExpectMailAsync(remote, "carol@split.test", sent);
    }

    [MeshFact]
    public async Task A_refusal_is_given_within_the_session_by_ingress_and_by_filtering()
    {
        var account = await _mesh.Admin.NewAccountAsync("refuse");
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[1].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", ["nobody@mesh.test"], SampleMessages.Plain("nobody@client.example"))).Expect(550, "5.1.1");
        (await smtp.CommandAsync("RSET")).Expect(250);
        var looping = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 101).Select(i => $"Received: from a{i} by b{i}; Tue, 24 Nov 2026 10:00:00 +0000\r\n")));
        (await smtp.SendMailAsync("sender@client.example", [account], (byte[])[.. looping, .. SampleMessages.Plain("loop@client.example")])).Expect(554);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("after@client.example"))).Expect(250);
        await ExpectMailAsync(_mesh.Access[1], account, SampleMessages.Plain("after@client.example"));
    }

    [MeshFact]
    public async Task What_POP3_takes_on_one_copy_is_gone_on_the_other()
    {
        var account = await _mesh.Admin.NewAccountAsync("pop");
        var sent = SampleMessages.Plain("popped@client.example");
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [account], sent)).Expect(250);
        await ExpectMailAsync(_mesh.Access[0], account, sent);

        using var pop = new Pop3Client { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await pop.ConnectAsync("127.0.0.1", _mesh.Access[1].Ports.Pop3s, SecureSocketOptions.SslOnConnect);
        await pop.AuthenticateAsync(account, MailServer.Password);
        Assert.Equal(1, pop.Count);
        Assert.Equal("popped@client.example", (await pop.GetMessageAsync(0)).MessageId);
        await pop.DeleteMessageAsync(0);
        await pop.DisconnectAsync(quit: true);

        await using var imap = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await Wait.UntilAsync("an empty inbox", async () => await imap.CountAsync() == 0);
    }

    private async Task<RunningServer> StartRemoteAsync(string domain, string account)
    {
        var remote = await RunningServer.StartAsync(new ServerOptions { Hostname = $"mx.{domain}", Accounts = [account] });
        await _mesh.Admin.AddRouteAsync(domain, remote.Ports.Smtp);
        return remote;
    }

    private async Task<string> SubmitAsync(string from, IReadOnlyList<string> recipients, byte[] message)
    {
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[1].Ports.Submissions, tls: true);
        await smtp.AuthenticateAsync(from);
        return (await smtp.SendMailAsync(from, recipients, message)).Expect(250).TraceId;
    }

    private static async Task ExpectMailAsync(MailServer server, string account, byte[] sent)
    {
        await using var imap = await ImapWire.LoginAsync(server, account);
        await Wait.UntilAsync($"the message in the inbox of {account}", async () => await imap.CountAsync() == 1);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var back = (await imap.CommandAsync("FETCH 1 BODY.PEEK[]")).Expect("OK").Literal;
        Assert.True(back.AsSpan().EndsWith(sent), Encoding.Latin1.GetString(back));
    }

    private Task ExpectStoryAsync(string id, string step) =>
        Wait.UntilAsync($"'{step}' in the story of {id}", async () => (await _mesh.Admin.StoryAsync(id)).Events.Any(line => line.Event == step));
}
