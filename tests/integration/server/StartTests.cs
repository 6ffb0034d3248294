using System.Net;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Server;

/// <summary>The process as its operator sees it: ready, healthy, stopped, started again.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Starts_on_a_fresh_folder_stops_with_0_and_starts_again()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("health/live", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode);
        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start_with_a_line_that_names_key_value_and_what_it_takes()
    {
        var options = new ServerOptions { Environment = new Dictionary<string, string> { ["MAILMESH__LISTEN__IMAP"] = "nowhere" } };
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningServer.StartAsync(options));
        Assert.Contains("MAILMESH__LISTEN__IMAP is 'nowhere', but takes an address and port", failure.Message, StringComparison.Ordinal);
    }
}
