using System.Net;
using System.Net.Sockets;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>A server with an identity provider, whose keys it fetches, and an authority of client certificates.</summary>
public sealed class SaslServerFixture : IAsyncLifetime
{
    private readonly TcpListener _keys = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private Task _serving = Task.CompletedTask;
    private RunningServer? _server;

    public TokenIssuer Issuer { get; } = new();

    public CertificateAuthority Authority { get; } = new();

    public RunningServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync()
    {
        _keys.Start();
        _serving = ServeKeysAsync();
        _server = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = ["postmaster@mesh.test"],
            Environment = new Dictionary<string, string>
            {
                ["MAILMESH__OAUTH__ISSUER"] = Issuer.Issuer,
                ["MAILMESH__OAUTH__AUDIENCE"] = Issuer.Audience,
                ["MAILMESH__OAUTH__KEYS"] = $"http://{_keys.LocalEndpoint}/keys",
                ["MAILMESH__TLS__CLIENTAUTHORITIES"] = Authority.WritePem(Scratch.NewFolder("authority")),
            },
        });
    }

    public async Task DisposeAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        await _stopping.CancelAsync();
        await _serving;
        _keys.Dispose();
        _stopping.Dispose();
        Issuer.Dispose();
        Authority.Dispose();
    }

    private async Task ServeKeysAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _keys.AcceptTcpClientAsync(_stopping.Token);
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                {
                }
                var body = Issuer.KeySet;
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the tests are over
        }
    }
}
