using System.Diagnostics;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Server;

/// <summary>One message, one trace: the spans that are exported, the logs, the tracking store and the metrics agree on it.</summary>
public sealed class TelemetryTests
{
    private const string Alice = "alice@mesh.test";

    [Fact]
    public async Task The_spans_of_all_services_for_one_message_are_one_tree_under_the_trace_id_of_the_reply()
    {
        await using var remote = await RunningServer.StartAsync(new ServerOptions { Hostname = "mx.remote.test", Accounts = ["bob@remote.test"] });
        await using var local = await InProcessServer.StartAsync();
        await local.AddAccountsAsync([Alice, "carol@mesh.test"]);
        await local.AddRouteAsync("remote.test", remote.Ports.Smtp);

        await using var smtp = await SmtpWire.GreetAsync(local.Ports.Submissions, tls: true);
        await smtp.AuthenticateAsync(Alice);
        var id = (await smtp.SendMailAsync(Alice, ["carol@mesh.test", "bob@remote.test"], SampleMessages.Plain("traced@mesh.test", from: Alice))).Expect(250).TraceId;
        Assert.NotEmpty(id);

        IReadOnlyList<Activity> OfMessage() => [.. local.Spans.Where(span => span.TraceId.ToHexString() == id)];
        string[] steps = ["smtp.", "filtering.", "storage.", "relay."];
        await Wait.UntilAsync(
            $"spans {string.Join("*, ", steps)}* in trace {id}",
            () => Task.FromResult(steps.All(step => OfMessage().Any(span => span.DisplayName.StartsWith(step, StringComparison.Ordinal)))));
        await Wait.UntilAsync("one root, and a parent for every other span", () => Task.FromResult(IsOneTree(OfMessage())));
    }

    private static bool IsOneTree(IReadOnlyList<Activity> spans)
    {
        var known = spans.Select(span => span.SpanId).ToHashSet();
        return spans.Count(span => span.ParentSpanId == default) == 1 && spans.All(span => span.ParentSpanId == default || known.Contains(span.ParentSpanId));
    }

    [Fact]
    public async Task Spans_go_to_the_collector_and_the_log_and_the_story_have_the_trace_id()
    {
        await using var dashboard = await TraceDashboard.StartAsync();
        await using var server = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Alice],
            Environment = new Dictionary<string, string> { ["MAILMESH__OTEL__ENDPOINT"] = dashboard.OtlpEndpoint, ["OTEL_BSP_SCHEDULE_DELAY"] = "200" },
        });
        await using var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
        var id = (await smtp.SendMailAsync("sender@client.example", [Alice], SampleMessages.Plain("exported@client.example"))).Expect(250).TraceId;
        await Wait.UntilAsync($"one tree of spans, of storage too, in trace {id} of the dashboard", async () =>
        {
            var spans = await dashboard.SpansAsync(id);
            return spans.Any(span => span.Name.StartsWith("storage.", StringComparison.Ordinal)) && ExportedSpan.AreOneTree(spans);
        });
        await server.SettleAsync();
        await Wait.UntilAsync("'delivered' in the story", async () => (await server.StoryAsync(id)).Events.Any(line => line.Event == "delivered"));
        var told = (await server.CliAsync("trace", id)).Expect().Text;
        Assert.Contains("received", told, StringComparison.Ordinal);
        Assert.Contains("delivered", told, StringComparison.Ordinal);
        Assert.Contains(id, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_and_health_are_there_for_Prometheus_and_probes()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = [Alice] });
        await using var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [Alice], SampleMessages.Plain("measured@client.example"))).Expect(250);
        await server.SettleAsync();
        var metrics = await server.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.Contains("mailmesh_connections", metrics, StringComparison.Ordinal);
        Assert.Contains("# TYPE ", metrics, StringComparison.Ordinal);
        Assert.Equal("Healthy", await server.Http.GetStringAsync(new Uri("health/live", UriKind.Relative)));
        Assert.Contains("\"database\"", await server.Http.GetStringAsync(new Uri("health/ready", UriKind.Relative)), StringComparison.Ordinal);
    }
}
