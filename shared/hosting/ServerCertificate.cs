using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MailMesh.Hosting.Tls;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Hosting;

/// <summary>
/// The certificates of every TLS listener: those that the settings name, chosen by the name that the client asks for, or a self-signed one kept in the data
/// folder. <see cref="Reload"/> takes new ones without a restart.
/// </summary>
public sealed class ServerCertificate
{
    /// <summary>No RFC sets a time for a handshake; half a minute serves slow mobile links.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    private readonly MailMeshOptions _options;
    private readonly CertificateFiles _files;
    private readonly ClientAuthorities _clients;
    private readonly ILogger _log;
    private readonly Lock _reading = new();
    private volatile CertificateSet _set;
    private volatile IReadOnlyList<string> _faults = [];
    private IReadOnlyList<LoadedCertificate> _found;
    private HashSet<string> _told = [];
    private string? _fingerprint;

    /// <exception cref="SettingException">The configured certificate cannot be used.</exception>
    public ServerCertificate(MailMeshOptions options, ILogger<ServerCertificate>? log = null)
    {
        _options = options;
        _log = log ?? NullLogger<ServerCertificate>.Instance;
        _files = new CertificateFiles(options);
        _clients = new ClientAuthorities(options);
        if (options.TlsFolder is { } folder && !Directory.Exists(folder))
            throw new SettingException("Tls:Folder", folder, "a folder of PEM files that the server's user may read");
        _fingerprint = _files.Fingerprint();
        var reading = _files.Read([]);
        if (options.TlsCertificate is { } file && reading.Certificates.All(found => found.CertificateFile != file))
            throw new SettingException("Tls:Certificate", file, $"a PEM file with the certificate of the key in {SettingException.NameOf("Tls:Key")}{Because(reading)}");
        _found = reading.Certificates;
        _set = SetOf(_found);
        Tell(reading);
        OpenSslBuffers.ReleaseWhenIdle(); // the first handshake makes the first context
    }

    /// <summary>The certificate for clients that name no server, or one that no certificate is for.</summary>
    public X509Certificate2 Leaf => _set.Default.Leaf;

    /// <summary>The certificates that a client can meet, the default first.</summary>
    public IReadOnlyList<X509Certificate2> Leaves => [.. _set.Shown.Select(certificate => certificate.Leaf)];

    /// <summary>Files that could not be used when they were last read, each with its reason.</summary>
    public IReadOnlyList<string> Faults => _faults;

    internal CertificateSet Set => _set;

    /// <summary>Puts TLS over a connection: versions 1.2 and 1.3 alone, the certificate by the server name that the client asks for.</summary>
    /// <param name="listener">As metrics name it.</param>
    /// <param name="isForUsers">Asks for a client certificate where its authorities are configured.</param>
    /// <exception cref="AuthenticationException">The handshake failed: the connection is of no use any more.</exception>
    /// <exception cref="IOException">The client went, or took too long.</exception>
    public async Task HandshakeAsync(WireConnection connection, string listener, bool isForUsers = false, CancellationToken cancellationToken = default)
    {
        SslClientHelloInfo? hello = null;
        try
        {
            await connection.StartTlsAsync(Choose, HandshakeTimeout, cancellationToken);
            TlsMetrics.Succeeded(listener, connection.TlsVersion!);
        }
        catch (HandshakeTimeoutException)
        {
            TlsMetrics.TimedOut(listener);
            throw;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            TlsMetrics.Failed(listener, hello);
            throw;
        }

        SslServerAuthenticationOptions Choose(SslClientHelloInfo asked)
        {
            hello = asked;
            var options = _set.Choose(asked.ServerName).Options;
            return isForUsers ? _clients.Ask(options) : options;
        }
    }

    /// <summary>Reads the files again where one has changed. Handshakes under way and sessions keep what they have; what cannot be used leaves the old in place.</summary>
    /// <param name="always">Even where none seems to have changed.</param>
    public void Reload(bool always = false)
    {
        lock (_reading)
        {
            // Taken before the files are read: what changes meanwhile differs at the next look.
            var fingerprint = _files.Fingerprint();
            if (!always && fingerprint == _fingerprint)
                return;
            _fingerprint = fingerprint;
            var old = _set;
            var reading = _files.Read(_found);
            if (reading.Certificates.Count == 0 && _found.Count > 0)
                reading = reading with { Certificates = _found, Faults = [.. reading.Faults, "There is no certificate any more where there was one"] };
            _found = reading.Certificates;
            _set = SetOf(_found);
            TlsMetrics.Reloaded(reading.Faults.Count == 0);
            Tell(reading);
            TellChanges(old);
        }
    }

    private CertificateSet SetOf(IReadOnlyList<LoadedCertificate> found) =>
        new(found.Count > 0 ? found : [SelfSignedCertificate.Of(_options)], _options.Hostname);

    /// <summary>Each fault once, for as long as it stands.</summary>
    private void Tell(CertificateReading reading)
    {
        _faults = reading.Faults;
        HashSet<string> now = [.. reading.Faults, .. reading.ExposedKeys];
        foreach (var fault in reading.Faults.Where(fault => !_told.Contains(fault)))
            CertificateLog.Unusable(_log, fault);
        foreach (var key in reading.ExposedKeys.Where(key => !_told.Contains(key)))
            CertificateLog.Exposed(_log, key);
        _told = now;
    }

    private void TellChanges(CertificateSet old)
    {
        foreach (var taken in _set.Shown.Except(old.Shown))
            CertificateLog.Taken(_log, taken.Name, taken.CertificateFile, taken.Leaf.NotAfter.ToUniversalTime());
        foreach (var dropped in old.Shown.Where(certificate => !_set.Shown.Any(shown => shown.Names.SequenceEqual(certificate.Names))))
            CertificateLog.Dropped(_log, dropped.Name, dropped.CertificateFile);
    }

    private static string Because(CertificateReading reading) => reading.Faults.Count == 0 ? "" : $" ({reading.Faults[0]})";
}
