using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>standalone with the three settings: all services in one process, on the real engines.</summary>
public sealed class StandaloneOnEnginesTests
{
    private const string Account = "ann@mesh.test";

    [MeshFact]
    public async Task Mail_that_standalone_took_on_the_engines_is_there_after_a_kill_from_an_empty_folder()
    {
        await using var engines = await MeshEngines.CreateAsync();
        var sent = SampleMessages.Plain("alone@client.example");
        await using (var server = await RunningServer.StartAsync(new ServerOptions { Accounts = [Account], Environment = engines.Settings }))
        {
            await using var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
            (await smtp.SendMailAsync("sender@client.example", [Account], sent)).Expect(250);
            await server.KillAsync();
            Assert.Empty(Directory.GetFiles(server.Data, "*.db*"));
        }
        await using var other = await RunningServer.StartAsync(new ServerOptions { Environment = engines.Settings });
        await using var imap = await ImapWire.LoginAsync(other, Account);
        await Wait.UntilAsync("the message", async () => await imap.CountAsync() == 1);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        Assert.True((await imap.CommandAsync("FETCH 1 BODY.PEEK[]")).Expect("OK").Literal.AsSpan().EndsWith(sent));
        await other.StopAsync();
    }

    [MeshFact]
    public async Task Broker_and_object_store_behind_TLS()
    {
        await using var engines = await MeshEngines.CreateAsync();
        await using var broker = TlsFront.To(engines.Broker.Uri.Port);
        await using var store = TlsFront.To(engines.Bucket.Options.Endpoint.Port);
        var settings = new Dictionary<string, string>(engines.Settings)
        {
            ["MAILMESH__BUS__RABBITMQ"] = new UriBuilder(engines.Broker.Uri) { Scheme = "amqps", Host = "localhost", Port = broker.Port }.Uri.AbsoluteUri,
            ["MAILMESH__BLOBS__S3__ENDPOINT"] = $"https://localhost:{store.Port}",
            ["SSL_CERT_FILE"] = TlsFront.TrustFile(broker, store),
        };
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = [Account], Environment = settings });
        await using var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [Account], SampleMessages.Plain("tls@client.example"))).Expect(250);
        await using var imap = await ImapWire.LoginAsync(server, Account);
        await Wait.UntilAsync("the message", async () => await imap.CountAsync() == 1);
        Assert.Equal(0, (await server.CliAsync("errors", "list")).ExitCode); // has a connection of its own
        await server.StopAsync();
    }
}
