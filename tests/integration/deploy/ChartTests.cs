using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Deploy;

/// <summary>helm/mailmesh as Helm renders it.</summary>
public sealed class ChartTests
{
    private const string Secret = "a-secret-that-stands-nowhere-else";

    private static readonly Dictionary<string, string> Values = new()
    {
        ["hostname"] = "mx.example.org",
        ["engines.rabbitmq"] = $"amqp://mailmesh:{Secret}@rabbitmq/",
        ["engines.postgres"] = $"Host=postgres;Password={Secret}",
        ["engines.s3.endpoint"] = "http://s3:8333",
        ["engines.s3.accessKey"] = "mailmesh",
        ["engines.s3.secretKey"] = Secret,
        ["adminToken"] = Secret,
    };

    [HelmFact]
    public async Task The_chart_is_without_fault() => (await HelmAsync("lint", Values, "--strict")).Expect();

    [HelmFact]
    public async Task Each_service_is_a_deployment_with_probes_and_may_lose_a_pod_at_a_time()
    {
        var objects = await ObjectsAsync(Values);
        foreach (var service in MeshCluster.Services)
        {
            var deployment = objects.Single(o => IsA(o, "Deployment", $"mail-{service}"));
            Assert.Contains("path: /health/live", deployment, StringComparison.Ordinal);
            Assert.Contains("path: /health/ready", deployment, StringComparison.Ordinal);
            Assert.Contains("runAsNonRoot: true", deployment, StringComparison.Ordinal);
            Assert.Contains("requests:", deployment, StringComparison.Ordinal);
            if (service != "admin") // one copy: a budget would keep its node from being emptied
                Assert.Single(objects, o => IsA(o, "PodDisruptionBudget", $"mail-{service}"));
        }
    }

    [HelmFact]
    public async Task Secrets_stand_in_the_secret_alone()
    {
        var objects = await ObjectsAsync(Values);
        Assert.Contains("kind: Secret", Assert.Single(objects, o => o.Contains(Secret, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [HelmFact]
    public async Task A_secret_of_the_operators_own_is_used_in_place_of_one_of_ours()
    {
        var values = Values.Where(value => value.Key is "hostname" or "engines.s3.endpoint").ToDictionary();
        values["engines.existingSecret"] = "made-by-hand";
        values["tls.existingSecret"] = "certificate";
        values["tls.extraSecrets[0]"] = "other-name";
        var objects = await ObjectsAsync(values);
        Assert.DoesNotContain(objects, o => o.Contains("kind: Secret\n", StringComparison.Ordinal));
        Assert.All(objects.Where(o => o.Contains("kind: Deployment\n", StringComparison.Ordinal)), o =>
        {
            Assert.Contains("name: made-by-hand", o, StringComparison.Ordinal);
            Assert.Contains("secretName: certificate", o, StringComparison.Ordinal);
            Assert.Contains("mountPath: \"/tls/other-name\"", o, StringComparison.Ordinal);
        });
    }

    [HelmFact]
    public async Task What_is_required_is_named()
    {
        foreach (var missing in Values.Keys)
        {
            var refused = await HelmAsync("template", Values.Where(value => value.Key != missing).ToDictionary());
            Assert.True(refused.ExitCode != 0 && refused.Error.Contains(missing, StringComparison.Ordinal), $"without {missing}: {refused.ExitCode} {refused.Error}");
        }
    }

    private static bool IsA(string manifest, string kind, string name) =>
        manifest.Contains($"kind: {kind}\n", StringComparison.Ordinal) && manifest.Contains($"\n  name: {name}\n", StringComparison.Ordinal);

    private static async Task<string[]> ObjectsAsync(IReadOnlyDictionary<string, string> values) =>
        (await HelmAsync("template", values)).Expect().Text.Split("\n---\n");

    private static Task<CommandResult> HelmAsync(string verb, IReadOnlyDictionary<string, string> values, params string[] options)
    {
        string[] release = verb == "template" ? ["mail"] : [];
        return ExternalCommand.RunAsync(
            HelmFactAttribute.Program,
            [verb, .. release, Path.Combine(Repository.Root, "helm", "mailmesh"), .. options, .. values.SelectMany(value => new[] { "--set-string", $"{value.Key}={value.Value}" })]);
    }
}
