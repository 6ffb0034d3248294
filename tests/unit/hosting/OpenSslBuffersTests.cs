using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Runtime.InteropServices;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>The mode is OpenSSL's to keep: it is read from the connections that SslStream makes, by the way in which it was set for their contexts.</summary>
public sealed class OpenSslBuffersTests : IDisposable
{
    private const int OfConnections = 0; // CRYPTO_EX_INDEX_SSL
    private const int ModeCommand = 33; // SSL_CTRL_MODE
    private const nint ReleaseBuffers = 0x10; // SSL_MODE_RELEASE_BUFFERS

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Modes of the connections made in this process since the first test began; static, since OpenSSL calls it for as long as the process runs.</summary>
    private static readonly ConcurrentQueue<nint> Modes = new();

    private static readonly ConnectionMade OnConnection = (connection, _, _, _, _, _) => Modes.Enqueue(Control(connection, ModeCommand, 0, 0));

    private readonly string _folder = Scratch.NewFolder("openssl");

    private delegate void ConnectionMade(nint connection, nint data, nint all, int number, nint argument, nint pointer);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_connection_of_ours_gives_empty_buffers_back()
    {
        if (!OperatingSystem.IsLinux())
            return; // SslStream stands on another library there
        var certificate = new ServerCertificate(new MailMeshOptions { Data = _folder, Hostname = "mx.ours.example", ExemptNetworks = NetworkList.None });
        Assert.True(NewNumber(OfConnections, 0, 0, OnConnection, 0, 0) >= 0);

        var (toServer, toClient) = (new Pipe(), new Pipe());
        using var deadlines = new ConnectionDeadlines(TimeProvider.System);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 1);
        await using var connection = new WireConnection(new Duplex(toServer.Reader, toClient.Writer), endPoint, endPoint, deadlines);
        await using var client = new SslStream(new PipeStream(new Duplex(toClient.Reader, toServer.Writer)), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        await Task.WhenAll(certificate.HandshakeAsync(connection, "smtp"), client.AuthenticateAsClientAsync("localhost")).WaitAsync(Limit);

        // Other tests' connections may be among them, of contexts that are older than the mode.
        Assert.Contains(Modes, mode => (mode & ReleaseBuffers) != 0);
    }

    [DllImport("libcrypto.so.3", EntryPoint = "CRYPTO_get_ex_new_index")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NewNumber(int kind, nint argument, nint pointer, ConnectionMade made, nint copied, nint freed);

    [DllImport("libssl.so.3", EntryPoint = "SSL_ctrl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Control(nint connection, int command, nint mode, nint pointer);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
