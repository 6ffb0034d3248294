using System.IO.Pipelines;
using System.Net;
using System.Text;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>A listener before which load balancers of 10.0.0.0/8 stand.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n";

    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionDeadlines _deadlines;
    private readonly RecordingLogger<ListenerConnections> _log = new();
    private readonly ListenerConnections _connections;
    private readonly List<string> _served = [];

    public ProxyTests()
    {
        _deadlines = new ConnectionDeadlines(_clock);
        var certificate = new ServerCertificate(new MailMeshOptions { Data = Scratch.NewFolder("proxy"), ExemptNetworks = NetworkList.None });
        _connections = new ListenerConnections(certificate, _deadlines, new ConnectionBounds(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _log);
    }

    public void Dispose() => _deadlines.Dispose();

    [Fact]
    public async Task A_proxy_names_the_client_and_what_that_sent_behind_is_kept()
    {
        await ServeAsync("10.1.2.3", Header + "EHLO a\r\n");
        Assert.Equal(["192.0.2.7:56324 at 198.51.100.1:25: EHLO a"], _served);
    }

    [Fact]
    public async Task A_mapped_address_of_a_proxy_is_the_one_that_it_maps()
    {
        await ServeAsync("::ffff:10.1.2.3", Header + "EHLO a\r\n");
        Assert.Equal(["192.0.2.7:56324 at 198.51.100.1:25: EHLO a"], _served);
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")] // LOCAL, as a health check says
    public async Task A_proxy_that_speaks_for_itself_is_the_client(string header)
    {
        await ServeAsync("10.1.2.3", header + "EHLO a\r\n");
        Assert.Equal(["10.1.2.3:4711 at 203.0.113.25:25: EHLO a"], _served);
    }

    [Fact]
    public async Task For_everybody_else_a_header_is_what_any_line_is()
    {
        await ServeAsync("192.0.2.99", Header);
        Assert.Equal([$"192.0.2.99:4711 at 203.0.113.25:25: {Header.TrimEnd()}"], _served);
    }

    [Fact]
    public async Task A_proxy_that_says_anything_else_is_cut_and_the_operator_told()
    {
        await ServeAsync("10.1.2.3", "EHLO a\r\n");
        Assert.Empty(_served);
        Assert.Contains("10.1.2.3", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Health checks that only connect are no fault.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("PROXY TCP4 192.0.2.7 198")]
    public async Task A_proxy_that_closes_before_the_end_is_cut_in_silence(string sent)
    {
        await ServeAsync("10.1.2.3", sent);
        Assert.Empty(_served);
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task A_proxy_that_says_nothing_or_too_little_in_time_is_cut()
    {
        var (context, client) = Connect("10.1.2.3");
        var served = _connections.ServeAsync(context, Listening(), SessionAsync);
        for (var i = 0; i < Header.Length - 1 && !served.IsCompleted; i++)
        {
            await client.Output.WriteAsync(Encoding.ASCII.GetBytes(Header[i..(i + 1)]));
            _clock.Advance(TimeSpan.FromSeconds(1)); // each octet in time, all of them not
        }
        await Wait.UntilAsync("the cut", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(served.IsCompleted);
        });
        Assert.Empty(_served);
        Assert.Contains("in time", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    private async Task ServeAsync(string peer, string sent)
    {
        var (context, client) = Connect(peer);
        await client.Output.WriteAsync(Encoding.Latin1.GetBytes(sent));
        await client.Output.CompleteAsync();
        await _connections.ServeAsync(context, Listening(), SessionAsync).WaitAsync(Wait.Long);
    }

    private static (ConnectionContext Server, IDuplexPipe Client) Connect(string peer)
    {
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var context = new DefaultConnectionContext("test", new Duplex(toServer.Reader, toClient.Writer), new Duplex(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(peer), 4711),
            LocalEndPoint = new IPEndPoint(IPAddress.Parse("203.0.113.25"), 25),
        };
        return (context, context.Application!);
    }

    private static Listener Listening()
    {
        Assert.True(NetworkList.TryParse("10.0.0.0/8", out var proxies));
        return new Listener("smtp", 25, ImplicitTls: false, _ => null!) { Proxies = proxies };
    }

    private async Task SessionAsync(WireConnection connection, CancellationToken stopping)
    {
        var line = await connection.ReadLineAsync(512, TimeSpan.FromMinutes(1), cancellationToken: stopping);
        _served.Add($"{connection.Remote} at {connection.Local}: {line.Text}");
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
