using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>One message, one trace, across processes.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class TraceTests(SharedMesh shared)
{
    [MeshFact]
    public async Task The_spans_that_the_processes_export_for_one_message_are_one_tree_under_the_id_of_the_reply()
    {
        var mesh = shared.Mesh;
        await using var remote = await RunningServer.StartAsync(new ServerOptions { Hostname = "mx.traced.test", Accounts = ["bob@traced.test"] });
        await mesh.Admin.AddRouteAsync("traced.test", remote.Ports.Smtp);
        var alice = await mesh.Admin.NewAccountAsync("alice");
        var carol = await mesh.Admin.NewAccountAsync("carol");

        await using var smtp = await SmtpWire.GreetAsync(mesh.Ingress[0].Ports.Submissions, tls: true);
        await smtp.AuthenticateAsync(alice);
        var id = (await smtp.SendMailAsync(alice, [carol, "bob@traced.test"], SampleMessages.Plain("traced@mesh.test", from: alice))).Expect(250).TraceId;
        Assert.Equal(32, id.Length);

        string[] services = ["ingress", "filtering", "storage", "relay"];
        IReadOnlyList<ExportedSpan> spans = [];
        await Wait.UntilAsync($"spans of {string.Join(", ", services)} as one tree in trace {id}", async () =>
        {
            spans = await shared.Dashboard.SpansAsync(id);
            return services.All(service => spans.Any(span => span.Service.EndsWith(service, StringComparison.Ordinal))) && ExportedSpan.AreOneTree(spans);
        });
        Assert.Equal(services.Length, spans.Select(span => span.Instance).Distinct().Count());
        Assert.EndsWith("ingress", Assert.Single(spans, span => span.Parent.Length == 0).Service, StringComparison.Ordinal);
    }
}
