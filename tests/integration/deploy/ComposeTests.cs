using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Deploy;

/// <summary>docker-compose.yml as Docker Compose reads it. Images are not built here: that needs an engine.</summary>
public sealed class ComposeTests
{
    private static readonly string[] Required = ["MAILMESH_HOSTNAME", "MAILMESH_RABBITMQ_PASSWORD", "MAILMESH_POSTGRES_PASSWORD", "MAILMESH_S3_SECRET", "MAILMESH_ADMIN_TOKEN"];

    [Fact]
    public async Task The_file_is_valid_and_has_every_service_and_engine()
    {
        var services = (await ComposeAsync(Required, "config", "--services")).Expect().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Superset(new HashSet<string>([.. MeshCluster.Services, "rabbitmq", "postgres", "s3"]), services.ToHashSet());
    }

    /// <summary>Nobody runs it with a password that is published here.</summary>
    [Fact]
    public async Task Each_secret_is_required()
    {
        foreach (var missing in Required)
        {
            var refused = await ComposeAsync(Required.Where(name => name != missing), "config", "-q");
            Assert.True(refused.ExitCode != 0 && refused.Error.Contains(missing, StringComparison.Ordinal), $"without {missing}: {refused.ExitCode} {refused.Error}");
        }
    }

    [Fact]
    public async Task The_example_of_the_secrets_names_each_and_gives_none()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, ".env.example"));
        foreach (var name in Required)
            Assert.Contains($"{name}=", lines);
    }

    private static Task<CommandResult> ComposeAsync(IEnumerable<string> given, params string[] arguments) => ExternalCommand.RunAsync(
        "docker-compose",
        // A folder without .env, so that only what is given counts.
        ["--project-directory", Scratch.NewFolder("compose"), "-f", Path.Combine(Repository.Root, "docker-compose.yml"), .. arguments],
        environment: given.ToDictionary(name => name, name => $"given-{name.Length:d16}"));
}
