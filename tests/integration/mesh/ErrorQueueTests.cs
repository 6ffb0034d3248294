using System.Text.Json;
using System.Text.Json.Nodes;
using MailMesh.Testing;
using Npgsql;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>An operator at the error queues of a running mesh.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class ErrorQueueTests(SharedMesh shared)
{
    private readonly MeshCluster _mesh = shared.Mesh;

    [MeshFact]
    public async Task A_message_of_an_unknown_version_is_listed_shown_whole_retried_and_deleted()
    {
        var mail = Guid.NewGuid().ToString("N");
        var envelope = await EnvelopeAsync(mail, "nobody@mesh.test");
        envelope["message"]!["version"] = 2;
        await _mesh.Engines.Broker.PublishAsync("filtering", envelope.ToJsonString());

        var listed = await FailedAsync(mail);
        Assert.Equal("filtering", listed.GetProperty("queue").GetString());
        Assert.Equal("MessageReceived", listed.GetProperty("messageType").GetString());
        Assert.Contains("has version 2", listed.GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.Contains("errors list", (await _mesh.CliAsync("status")).Text, StringComparison.Ordinal);

        var id = listed.GetProperty("id").GetString()!;
        using var shown = JsonDocument.Parse((await _mesh.CliAsync("errors", "show", id, "--json")).Text);
        Assert.Equal(envelope.ToJsonString(), shown.RootElement.GetProperty("body").GetString());
        Assert.True(shown.RootElement.GetProperty("headers").TryGetProperty("MT-Fault-StackTrace", out _));

        Assert.Equal(0, (await _mesh.CliAsync("errors", "retry", id)).ExitCode);
        id = (await FailedAsync(mail)).GetProperty("id").GetString()!; // the version is no better known now
        Assert.Equal(0, (await _mesh.CliAsync("errors", "delete", id)).ExitCode);
        Assert.DoesNotContain(mail, (await _mesh.CliAsync("errors", "list")).Text, StringComparison.Ordinal);
        Assert.Equal(1, (await _mesh.CliAsync("errors", "show", id)).ExitCode);
    }

    [MeshFact]
    public async Task What_is_retried_after_a_repair_is_delivered()
    {
        var account = await _mesh.Admin.NewAccountAsync("repaired");
        var mail = Guid.NewGuid().ToString("N");
        var broken = await EnvelopeAsync(Guid.NewGuid().ToString("N"), account);
        broken["message"]!["version"] = 2;
        await _mesh.Engines.Broker.PublishAsync("filtering", broken.ToJsonString()); // makes the error queue
        await FailedAsync((string)broken["message"]!["messageId"]!);
        await _mesh.Engines.Broker.PublishAsync("filtering_error", (await EnvelopeAsync(mail, account)).ToJsonString());

        var id = (await FailedAsync(mail)).GetProperty("id").GetString()!;
        Assert.Equal(0, (await _mesh.CliAsync("errors", "retry", id)).ExitCode);
        await using var imap = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await Wait.UntilAsync("the message in its mailbox", async () => await imap.CountAsync() == 1);
    }

    private async Task<JsonElement> FailedAsync(string mail)
    {
        var found = await Wait.ForAsync($"{mail} in an error queue", async () =>
        {
            var list = await _mesh.CliAsync("errors", "list", "--json");
            return list.ExitCode == 0 ? JsonNode.Parse(list.Text)!.AsArray().FirstOrDefault(error => (string?)error!["messageId"] == mail) : null;
        });
        return JsonSerializer.SerializeToElement(found);
    }

    /// <summary>A message on the bus about a body that is in the store: that of a delivered message.</summary>
    private async Task<JsonNode> EnvelopeAsync(string mail, string recipient)
    {
        var account = await _mesh.Admin.NewAccountAsync("body");
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain($"{mail}@client.example"))).Expect(250);
        await using var imap = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await Wait.UntilAsync("a body in the store", async () => await imap.CountAsync() == 1);
        await using var database = new NpgsqlConnection(_mesh.Engines.Database.ConnectionString);
        await database.OpenAsync();
        await using var query = new NpgsqlCommand("SELECT blob, blob_size FROM contents ORDER BY id DESC LIMIT 1", database);
        await using var row = await query.ExecuteReaderAsync();
        await row.ReadAsync();
        return JsonNode.Parse($$"""
            {
              "messageId": "{{Guid.NewGuid()}}",
              "messageType": ["urn:message:MailMesh.Contracts:MessageReceived"],
              "message": {
                "version": 1,
                "messageId": "{{mail}}",
                "envelope": { "reversePath": "sender@client.example", "forwardPaths": ["{{recipient}}"] },
                "body": "{{row.GetString(0)}}",
                "sizeBytes": {{row.GetInt64(1)}},
                "connection": { "remoteAddress": "192.0.2.25", "helo": "client.example", "listener": "smtp" },
                "receivedAt": "2026-11-25T01:02:03+00:00"
              }
            }
            """)!;
    }
}
