using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>swaks in place of a load balancer and of a proxy: the client that it names is the one in the message's story.</summary>
public sealed class ProxyTests
{
    private const string Client = "203.0.113.9";

    private const string Account = "alice@mesh.test";

    private static readonly string[] Header = ["--proxy-source", Client, "--proxy-source-port", "4711", "--proxy-dest", "198.51.100.1", "--proxy-dest-port", "25"];

    [Fact]
    public async Task A_load_balancer_speaks_the_PROXY_protocol_before_TLS_and_greeting()
    {
        await using var server = await StartAsync("MAILMESH__INGRESS__PROXYPROTOCOL__NETWORKS");
        await SendsAsync(server, server.Ports.Smtp, ["--proxy-version", "1", "--proxy-family", "TCP4", .. Header]);
        await SendsAsync(server, server.Ports.Smtp, ["--proxy-version", "2", "--proxy-family", "AF_INET", .. Header, "--tls"]);
        await SendsAsync(server, server.Ports.Submissions, ["--proxy-version", "2", "--proxy-family", "AF_INET", .. Header, "--tls-on-connect", "--auth", "PLAIN", "--auth-user", Account, "--auth-password", MailServer.Password, "--from", Account]);
        // Without it, and with one that is none, the connection is cut before a word is said.
        foreach (var arguments in new string[][] { [], ["--proxy", "nonsense"], ["--proxy-version", "1", "--proxy-family", "TCP6", .. Header] })
        {
            var said = await SwaksAsync(server.Ports.Smtp, ["--from", "outside@client.example", "--timeout", "15", .. arguments]);
            Assert.NotEqual(0, said.ExitCode);
            Assert.DoesNotContain("220 ", said.Text, StringComparison.Ordinal);
        }
        await Wait.UntilAsync("the count", async () => (await server.Http.GetStringAsync("metrics")).Contains("mailmesh_proxy_faults", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_names_its_client_by_XCLIENT()
    {
        await using var server = await StartAsync("MAILMESH__INGRESS__XCLIENT__NETWORKS");
        string[] named = ["--xclient-addr", Client, "--xclient-name", "mail.client.example", "--xclient-port", "4711", "--xclient-helo", "told.example", "--xclient-proto", "ESMTP"];
        var detail = await SendsAsync(server, server.Ports.Smtp, named);
        Assert.Equal("mail.client.example", detail["name"]);
        Assert.Equal("mail.client.example", (await SendsAsync(server, server.Ports.Smtp, [.. named, "--tls"]))["name"]);
        detail = await SendsAsync(server, server.Ports.Submission, [.. named, "--xclient-login", Account, "--from", Account]);
        Assert.Equal(Account, detail["account"]);
        var refused = await SwaksAsync(server.Ports.Smtp, ["--from", "outside@client.example", "--xclient-login", "nobody@mesh.test"]);
        Assert.Contains("535 5.7.8", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_is_for_anybody()
    {
        await using var server = await StartAsync();
        Assert.NotEqual(0, (await SwaksAsync(server.Ports.Smtp, ["--from", "outside@client.example", "--xclient-addr", Client])).ExitCode);
        Assert.NotEqual(0, (await SwaksAsync(server.Ports.Smtp, ["--from", "outside@client.example", "--proxy-version", "1", "--proxy-family", "TCP4", .. Header])).ExitCode);
    }

    /// <param name="trusting">The setting of the networks that may; without one nobody.</param>
    private static Task<RunningServer> StartAsync(string? trusting = null) => RunningServer.StartAsync(new ServerOptions
    {
        Accounts = [Account],
        Environment = trusting is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [trusting] = "127.0.0.0/8" },
    });

    /// <summary>Sends a message, whose story must name the client; gives the story's first line.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> SendsAsync(RunningServer server, int port, string[] arguments)
    {
        string[] from = arguments.Contains("--from") ? [] : ["--from", "outside@client.example"];
        var said = (await SwaksAsync(port, [.. from, .. arguments])).Expect(0).Text;
        var id = System.Text.RegularExpressions.Regex.Match(said, "queued as ([0-9a-f]{32})").Groups[1].Value;
        var story = await Wait.ForAsync("the story", async () => await server.StoryAsync(id));
        var received = Assert.Single(story.Events, step => step.Event == "received");
        Assert.Equal(Client, received.Detail["client"]);
        return received.Detail;
    }

    private static Task<CommandResult> SwaksAsync(int port, string[] arguments) =>
        ExternalCommand.RunAsync("swaks", ["--server", "127.0.0.1", "--port", $"{port}", "--ehlo", "client.example", "--timeout", "60", "--to", Account, .. arguments]);
}
