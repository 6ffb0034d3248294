using System.Net;
using MailMesh.Hosting;
using MailMesh.Relay;
using MailMesh.Storage;
using MailMesh.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>What is wrong with an engine or its settings is said by the readiness, with the setting to look at and without a secret; the process runs on and tries again.</summary>
public sealed class ReadinessTests
{
    private const string Secret = "a-secret-of-ours";

    [MeshTheory]
    [InlineData("Username", "nobody_here", "refuses this user or password")]
    [InlineData("Database", "no_such_database", "the database does not exist")]
    [InlineData("Host", "no-such-host.invalid", "does not resolve")]
    [InlineData("Port", "1", "nothing listens there")]
    public async Task A_database_that_cannot_be_used(string key, string value, string reason)
    {
        await using var engines = await MeshEngines.CreateAsync();
        var wrong = new NpgsqlConnectionStringBuilder(engines.Database.ConnectionString) { [key] = value };
        if (key == "Username")
            wrong.Password = Secret; // elsewhere the right one, so that the server gets to what is wrong
        await ExpectAsync(engines, new() { ["MAILMESH__STORE__POSTGRES"] = wrong.ConnectionString }, "MAILMESH__STORE__POSTGRES", reason);
    }

    [MeshTheory]
    [InlineData("amqp://nobody:a-secret-of-ours@{0}/{1}", "refuses this user or password")]
    [InlineData("amqp://{2}:a-secret-of-ours@{0}/{1}", "refuses this user or password")]
    [InlineData("amqp://{2}:{3}@{0}/no-such-host", "virtual host does not exist")]
    [InlineData("amqp://{2}:{3}@127.0.0.1:1/{1}", "nothing listens there")]
    public async Task A_broker_that_cannot_be_used(string broker, string reason)
    {
        await using var engines = await MeshEngines.CreateAsync();
        var user = engines.Broker.Uri.UserInfo.Split(':');
        var uri = string.Format(System.Globalization.CultureInfo.InvariantCulture, broker, engines.Broker.Uri.Authority, engines.Broker.Name, user[0], user[1]);
        await ExpectAsync(engines, new() { ["MAILMESH__BUS__RABBITMQ"] = uri }, "MAILMESH__BUS__RABBITMQ", reason);
    }

    [MeshFact]
    public async Task A_user_of_the_database_without_the_right_to_make_tables()
    {
        await using var engines = await MeshEngines.CreateAsync();
        var powerless = await engines.Database.NewPowerlessRoleAsync(Secret);
        await ExpectAsync(engines, new() { ["MAILMESH__STORE__POSTGRES"] = powerless }, "MAILMESH__STORE__POSTGRES", "the user lacks a right");
    }

    [MeshFact]
    public async Task A_user_of_the_broker_without_rights_in_the_virtual_host()
    {
        await using var engines = await MeshEngines.CreateAsync();
        var powerless = await engines.Broker.NewPowerlessUserAsync(Secret);
        await ExpectAsync(engines, new() { ["MAILMESH__BUS__RABBITMQ"] = powerless.AbsoluteUri }, "MAILMESH__BUS__RABBITMQ", "lacks a right to configure, write or read");
    }

    [MeshFact]
    public async Task Engines_whose_certificate_nobody_vouches_for()
    {
        await using var engines = await MeshEngines.CreateAsync();
        await using var front = TlsFront.To(engines.Broker.Uri.Port);
        var broker = new UriBuilder(engines.Broker.Uri) { Scheme = "amqps", Host = "localhost", Port = front.Port }.Uri.AbsoluteUri;
        await ExpectAsync(engines, new() { ["MAILMESH__BUS__RABBITMQ"] = broker }, "MAILMESH__BUS__RABBITMQ", "TLS fails");
        await ExpectAsync(engines, new() { ["MAILMESH__BLOBS__S3__ENDPOINT"] = $"https://localhost:{front.Port}" }, "MAILMESH__BLOBS__S3__ENDPOINT", "TLS fails");
    }

    [MeshTheory]
    [InlineData("MAILMESH__BLOBS__S3__ACCESSKEY", "nobody", "MAILMESH__BLOBS__S3__ACCESSKEY")]
    [InlineData("MAILMESH__BLOBS__S3__SECRETKEY", Secret, "MAILMESH__BLOBS__S3__SECRETKEY")]
    [InlineData("MAILMESH__BLOBS__S3__BUCKET", "B", "MAILMESH__BLOBS__S3__BUCKET")]
    [InlineData("MAILMESH__BLOBS__S3__ENDPOINT", "http://127.0.0.1:1", "nothing listens there")]
    public async Task An_object_store_that_cannot_be_used(string key, string value, string reason)
    {
        await using var engines = await MeshEngines.CreateAsync();
        await ExpectAsync(engines, new() { [key] = value }, "MAILMESH__BLOBS__S3__ENDPOINT", reason);
    }

    [MeshFact]
    public async Task A_database_without_schema_waits_for_storage_and_the_service_is_ready_after_it()
    {
        await using var engines = await MeshEngines.CreateAsync();
        await using var relay = await StartAsync(engines.Settings, builder => builder.AddRelay());
        await Wait.UntilAsync("the missing schema is named", async () => (await ReadyAsync(relay)).Body.Contains("no MailMesh schema yet: start storage", StringComparison.Ordinal));
        await using var storage = await StartAsync(engines.Settings, builder => builder.AddStorage());
        foreach (var service in new[] { relay, storage })
            await Wait.UntilAsync("ready", async () => (await ReadyAsync(service)).Status == HttpStatusCode.OK, TimeSpan.FromMinutes(2));
    }

    private static async Task ExpectAsync(MeshEngines engines, Dictionary<string, string> wrong, string setting, string reason)
    {
        var settings = engines.Settings.ToDictionary(pair => pair.Key, pair => wrong.GetValueOrDefault(pair.Key, pair.Value));
        await using var app = await StartAsync(settings, builder => builder.AddStorage());
        var body = "";
        try
        {
            await Wait.UntilAsync(
                $"503 with {setting}: … {reason}",
                async () =>
                {
                    (var status, body) = await ReadyAsync(app);
                    return status == HttpStatusCode.ServiceUnavailable && body.Contains($"{setting}: ", StringComparison.Ordinal) && body.Contains(reason, StringComparison.Ordinal);
                },
                TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException failure)
        {
            Assert.Fail($"{failure.Message}; it says {body}");
        }
        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(IReadOnlyDictionary<string, string> settings, Action<MailMeshBuilder> compose)
    {
        string[] args = ["--data", Scratch.NewFolder("readiness"), "--listen:http", "127.0.0.1:0",
            .. settings.SelectMany(pair => new[] { $"--{pair.Key["MAILMESH__".Length..].Replace("__", ":", StringComparison.Ordinal)}", pair.Value })];
        var builder = new MailMeshBuilder("test", args);
        compose(builder);
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Body)> ReadyAsync(WebApplication app)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://{app.Services.GetRequiredService<OpenListeners>().All[0].EndPoint}/health/ready"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
