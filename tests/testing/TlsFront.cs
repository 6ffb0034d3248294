using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Testing;

/// <summary>TLS before a plain engine on loopback, with a certificate for 'localhost' that nobody vouches for unless told to.</summary>
public sealed class TlsFront : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly Task _accepting;

    private TlsFront(int targetPort)
    {
        _target = targetPort;
        Port = ServerPorts.Find().First;
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Listens at once.</summary>
    public static TlsFront To(int port) => new(port);

    /// <summary>For a process that shall trust several of them: the file of its SSL_CERT_FILE.</summary>
    public static string TrustFile(params IEnumerable<TlsFront> fronts)
    {
        var file = Path.Combine(Scratch.NewFolder("trust"), "trusted.pem");
        File.WriteAllLines(file, fronts.Select(front => front._certificate.ExportCertificatePem()));
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _certificate.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the end of the test
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var engine = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
                await engine.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
                await Task.WhenAny(tls.CopyToAsync(engine.GetStream(), _stopping.Token), engine.GetStream().CopyToAsync(tls, _stopping.Token));
            }
            catch (Exception failure) when (failure is IOException or System.Security.Authentication.AuthenticationException or SocketException or OperationCanceledException)
            {
                // A client that does not trust us leaves; an engine that is away ends the connection, as it would without us.
            }
        }
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=localhost {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
