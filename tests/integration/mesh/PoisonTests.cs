using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>A message that no copy can read ends in the error queue, whole, and the rest flows.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class PoisonTests(SharedMesh shared)
{
    [MeshFact]
    public async Task Garbage_and_an_unknown_version_of_a_contract_end_in_the_error_queue_while_mail_flows()
    {
        var mesh = shared.Mesh;
        var account = await mesh.Admin.NewAccountAsync("poison");
        var mark = Guid.NewGuid().ToString("N");
        var garbage = $"this is no message at all {mark}";
        var unknown = $$$"""
            {"messageId":"{{{Guid.NewGuid()}}}","messageType":["urn:message:MailMesh.Contracts:MessageReceived"],
             "message":{"contractVersion":999,"messageId":"{{{mark}}}","fromTheFuture":"{{{mark}}}"}}
            """;
        var id = Guid.NewGuid().ToString("N");
        var newer = $$$"""
            {"messageId":"{{{Guid.NewGuid()}}}","messageType":["urn:message:MailMesh.Contracts:DeliverMessage"],
             "message":{"version":999,"messageId":"{{{id}}}","reversePath":"","recipients":[],"body":"b","sizeBytes":1,"headerPrefix":"","receivedAt":"2026-01-01T00:00:00Z","new":1}}
            """;
        await mesh.Engines.Broker.PublishAsync("storage", newer);
        await mesh.Engines.Broker.PublishAsync("filtering", garbage);
        await mesh.Engines.Broker.PublishAsync("filtering", unknown);

        await using var smtp = await SmtpWire.GreetAsync(mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("healthy@client.example"))).Expect(250);
        await using var imap = await ImapWire.LoginAsync(mesh.Access[0], account);
        await Wait.UntilAsync("the healthy message", async () => await imap.CountAsync() == 1);

        await Wait.UntilAsync("both in the error queue as they were", async () =>
        {
            var payloads = (await mesh.Engines.Broker.PeekAsync("filtering_error")).Select(message => (string)message!["payload"]!).ToList();
            return payloads.Contains(garbage) && payloads.Contains(unknown);
        });
        await Wait.UntilAsync("the command of a newer version in its error queue, whole", async () =>
            (await mesh.Engines.Broker.PeekAsync("storage_error")).Any(message => (string)message!["payload"]! == newer));
        var told = (await mesh.Admin.StoryAsync(id)).Events.Single();
        Assert.Equal(("storage", "failed", "storage_error"), (told.Service, told.Event, told.Detail["queue"]));
        Assert.Contains("999", told.Detail["reason"]);
    }
}
