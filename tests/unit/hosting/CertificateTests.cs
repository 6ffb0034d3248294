using MailMesh.Hosting;
using MailMesh.Hosting.Tls;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>Which certificate a client is shown, and what happens when files change.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly string _folder = Scratch.NewFolder("certificates");

    private readonly RecordingLogger<ServerCertificate> _log = new();

    private string Data => Path.Combine(_folder, "data");

    private string Live => Path.Combine(_folder, "live");

    public CertificateTests() => Directory.CreateDirectory(Live);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.example/fullchain.pem", "a.example/privkey.pem")] // certbot, dehydrated
    [InlineData("a.example_ecc/fullchain.cer", "a.example_ecc/a.example.key")] // acme.sh
    [InlineData("certificates/a.example.crt", "certificates/a.example.key")] // lego
    [InlineData("certificates/acme-v02.example/a.example/a.example.crt", "certificates/acme-v02.example/a.example/a.example.key")] // Caddy
    [InlineData("tls.crt", "tls.key")] // Kubernetes
    [InlineData("a.example.pem", "a.example.key")]
    [InlineData("public/cert.pem", "private/key.pem")]
    public void Any_layout_serves_and_the_names_are_those_within(string certificateFile, string keyFile)
    {
        var certificate = TestCertificate.For("mail.a.example", "*.b.example");
        certificate.Write(Path.Combine(Live, certificateFile), Path.Combine(Live, keyFile));
        var server = Folder();
        Assert.Equal(certificate.Thumbprint, Shown(server, "mail.a.example"));
        Assert.Equal(certificate.Thumbprint, Shown(server, "any.b.example"));
        Assert.Empty(server.Faults);
    }

    [Fact]
    public void One_file_may_hold_both()
    {
        var certificate = TestCertificate.WithRsa("a.example");
        Write("a.pem", certificate.Key + certificate.FullChain);
        Assert.Equal(certificate.Thumbprint, Shown(Folder(), "a.example"));
    }

    [Theory]
    [InlineData("a.example", 0)]
    [InlineData("A.Example.", 0)]
    [InlineData("mail.wild.example", 1)]
    [InlineData("MAIL.WILD.EXAMPLE", 1)]
    [InlineData("exact.wild.example", 2)]
    [InlineData("wild.example", 3)] // '*' stands for a label
    [InlineData("two.labels.wild.example", 3)]
    [InlineData("other.example", 3)]
    [InlineData("", 3)]
    [InlineData(null, 3)]
    [InlineData("*.wild.example.", 1)]
    [InlineData(".", 3)]
    public void The_name_that_the_client_asks_for_decides(string? asked, int expected)
    {
        TestCertificate[] certificates =
            [TestCertificate.For("a.example"), TestCertificate.For("*.wild.example"), TestCertificate.For("exact.wild.example"), TestCertificate.For("mx.ours.example")];
        for (var i = 0; i < certificates.Length; i++)
            certificates[i].Write(Path.Combine(Live, $"{i}.crt"), Path.Combine(Live, $"{i}.key"));
        Assert.Equal(certificates[expected].Thumbprint, Shown(Folder(), asked));
    }

    [Fact]
    public void Without_one_for_the_host_the_configured_one_is_the_default()
    {
        var (first, configured) = (TestCertificate.For("a.example"), TestCertificate.For("z.example"));
        first.Write(Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        var (file, key) = (Path.Combine(_folder, "z.pem"), Path.Combine(_folder, "z-key.pem"));
        configured.Write(file, key);
        var server = new ServerCertificate(Options() with { TlsFolder = Live, TlsCertificate = file, TlsKey = key }, _log);
        Assert.Equal(configured.Thumbprint, server.Leaf.Thumbprint);
        Assert.Equal(first.Thumbprint, Shown(server, "a.example"));
        Assert.Equal(2, server.Leaves.Count);
    }

    [Fact]
    public void The_file_with_the_chain_is_taken_of_several_with_one_certificate()
    {
        var certificate = TestCertificate.For("a.example");
        certificate.Write(Path.Combine(Live, "fullchain.pem"), Path.Combine(Live, "privkey.pem"));
        Write("cert.pem", certificate.Own);
        Write("chain.pem", TestCertificate.Chain);
        var shown = Folder().Set.Default;
        Assert.Equal("fullchain.pem", Path.GetFileName(shown.CertificateFile));
        Assert.Single(shown.Options.ServerCertificateContext!.IntermediateCertificates);
    }

    [Fact]
    public void Of_two_for_one_name_the_later_one_is_shown()
    {
        var (old, renewed) = (TestCertificate.For(TimeSpan.FromDays(20), "a.example"), TestCertificate.For(TimeSpan.FromDays(80), "a.example"));
        renewed.Write(Path.Combine(Live, "archive", "cert1.pem"), Path.Combine(Live, "archive", "key1.pem"));
        old.Write(Path.Combine(Live, "archive", "cert2.pem"), Path.Combine(Live, "archive", "key2.pem"));
        var server = Folder();
        Assert.Equal(renewed.Thumbprint, Shown(server, "a.example"));
        Assert.Single(server.Leaves);
    }

    [Fact]
    public void An_empty_folder_shows_a_self_signed_one_until_there_is_another()
    {
        var server = Folder();
        Assert.Equal(server.Leaf.Subject, server.Leaf.Issuer);
        var certificate = TestCertificate.For("a.example");
        certificate.Write(Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        server.Reload();
        Assert.Equal([certificate.Thumbprint], server.Leaves.Select(leaf => leaf.Thumbprint));
    }

    [Fact]
    public void A_replaced_pair_is_shown_without_a_restart_and_a_new_one_beside_it()
    {
        var (certificate, key) = (Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        TestCertificate.For("a.example").Write(certificate, key);
        var server = Folder();
        var renewed = TestCertificate.For("a.example");
        renewed.Write(certificate, key);
        var other = TestCertificate.For("b.example");
        other.Write(Path.Combine(Live, "b.crt"), Path.Combine(Live, "b.key"));
        server.Reload();
        Assert.Equal(renewed.Thumbprint, Shown(server, "a.example"));
        Assert.Equal(other.Thumbprint, Shown(server, "b.example"));
        Assert.Contains(_log.Lines, line => line.Id == 1032 && line.Text.Contains("b.example", StringComparison.Ordinal));
    }

    [Fact]
    public void What_did_not_change_is_taken_over_with_what_clients_may_resume()
    {
        TestCertificate.For("a.example").Write(Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        var server = Folder();
        var before = server.Set.Choose("a.example");
        TestCertificate.For("b.example").Write(Path.Combine(Live, "b.crt"), Path.Combine(Live, "b.key"));
        server.Reload();
        Assert.Same(before, server.Set.Choose("a.example"));
    }

    /// <summary>certbot and Kubernetes do not write a file anew, they point a link elsewhere.</summary>
    [Fact]
    public void A_link_that_points_elsewhere_is_a_change()
    {
        var (old, renewed) = (TestCertificate.For("a.example"), TestCertificate.For("a.example"));
        old.Write(Path.Combine(Live, "..2026_1", "tls.crt"), Path.Combine(Live, "..2026_1", "tls.key"));
        renewed.Write(Path.Combine(Live, "..2026_2", "tls.crt"), Path.Combine(Live, "..2026_2", "tls.key"));
        Directory.CreateSymbolicLink(Path.Combine(Live, "..data"), "..2026_1");
        File.CreateSymbolicLink(Path.Combine(Live, "tls.crt"), "..data/tls.crt");
        File.CreateSymbolicLink(Path.Combine(Live, "tls.key"), "..data/tls.key");
        var server = Folder();
        Assert.Equal(old.Thumbprint, Shown(server, "a.example"));
        Directory.Delete(Path.Combine(Live, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(Live, "..data"), "..2026_2");
        server.Reload();
        Assert.Equal(renewed.Thumbprint, Shown(server, "a.example"));
    }

    [Theory]
    [InlineData("the certificate before its key")]
    [InlineData("the key before its certificate")]
    [InlineData("half a certificate")]
    [InlineData("an empty key")]
    [InlineData("no key")]
    [InlineData("another key")]
    public void A_pair_that_does_not_fit_leaves_the_old_one_and_says_so_once(string state)
    {
        var (certificate, key) = (Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        var old = TestCertificate.For("a.example");
        old.Write(certificate, key);
        var server = Folder();
        var renewed = TestCertificate.For("a.example");
        switch (state)
        {
            case "the certificate before its key":
                File.WriteAllText(certificate, renewed.FullChain);
                break;
            case "the key before its certificate":
                File.WriteAllText(key, renewed.Key);
                break;
            case "half a certificate":
                File.WriteAllText(certificate, renewed.FullChain[..300]);
                break;
            case "an empty key":
                File.WriteAllText(key, "");
                break;
            case "no key":
                File.Delete(key);
                break;
            default:
                File.WriteAllText(key, TestCertificate.WithRsa("x.example").Key);
                break;
        }
        server.Reload();
        server.Reload(always: true);
        Assert.Equal(old.Thumbprint, Shown(server, "a.example"));
        var warnings = Warnings();
        Assert.Equal(warnings.Distinct(), warnings);
        if (state != "no key")
            Assert.Contains(warnings, line => line.Contains("a.crt", StringComparison.Ordinal) || line.Contains("a.key", StringComparison.Ordinal));
        Assert.DoesNotContain(warnings, line => line.Contains("PRIVATE KEY", StringComparison.Ordinal));

        renewed.Write(certificate, key);
        server.Reload();
        Assert.Equal(renewed.Thumbprint, Shown(server, "a.example"));
        Assert.Empty(server.Faults);
    }

    [Fact]
    public void A_removed_pair_is_dropped_but_never_the_last_one()
    {
        var (a, b) = (TestCertificate.For("a.example"), TestCertificate.For("b.example"));
        a.Write(Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        b.Write(Path.Combine(Live, "b.crt"), Path.Combine(Live, "b.key"));
        var server = Folder();
        File.Delete(Path.Combine(Live, "a.crt"));
        File.Delete(Path.Combine(Live, "a.key"));
        server.Reload();
        Assert.Equal(b.Thumbprint, Shown(server, "a.example"));
        Directory.Delete(Live, recursive: true);
        server.Reload();
        Assert.Equal(b.Thumbprint, Shown(server, "b.example"));
        Assert.NotEmpty(server.Faults);
        Directory.CreateDirectory(Live);
        server.Reload();
        Assert.Equal(b.Thumbprint, Shown(server, "b.example"));
    }

    [Fact]
    public void Keys_of_accounts_miss_no_certificate()
    {
        TestCertificate.For("a.example").Write(Path.Combine(Live, "certificates", "a.crt"), Path.Combine(Live, "certificates", "a.key"));
        TestCertificate.For("account").WriteKey(Path.Combine(Live, "accounts", "me.key"));
        Assert.Empty(Folder().Faults);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public void A_file_that_is_none_hinders_nobody_and_is_named(string text)
    {
        var certificate = TestCertificate.For("a.example");
        certificate.Write(Path.Combine(Live, "a.crt"), Path.Combine(Live, "a.key"));
        Write("odd.pem", text);
        var server = Folder();
        Assert.Equal(certificate.Thumbprint, Shown(server, "a.example"));
        Assert.Contains("odd.pem", Assert.Single(server.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain("MIIB", Assert.Single(server.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_configured_pair_that_does_not_fit_stops_the_start()
    {
        var (certificate, key) = (Path.Combine(Live, "a.pem"), Path.Combine(Live, "a-key.pem"));
        TestCertificate.For("a.example").Write(certificate, key);
        TestCertificate.For("b.example").WriteKey(key);
        var fault = Assert.Throws<SettingException>(() => new ServerCertificate(Options() with { TlsCertificate = certificate, TlsKey = key }));
        Assert.Contains("MAILMESH__TLS__CERTIFICATE", fault.Message, StringComparison.Ordinal);
        Assert.Contains(certificate, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_stops_the_start() =>
        Assert.Contains("MAILMESH__TLS__FOLDER", Assert.Throws<SettingException>(() => new ServerCertificate(Options() with { TlsFolder = Path.Combine(_folder, "none") })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_that_all_may_read_is_warned_of_once()
    {
        var key = Path.Combine(Live, "a.key");
        TestCertificate.For("a.example").Write(Path.Combine(Live, "a.crt"), key);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var server = Folder();
        server.Reload(always: true);
        Assert.Contains(key, Assert.Single(Warnings()), StringComparison.Ordinal);
    }

    private string Shown(ServerCertificate server, string? name) => server.Set.Choose(name).Leaf.Thumbprint;

    private List<string> Warnings() => [.. _log.Warnings];

    private ServerCertificate Folder() => new(Options() with { TlsFolder = Live }, _log);

    private MailMeshOptions Options() => new() { Data = Data, Hostname = "mx.ours.example", ExemptNetworks = NetworkList.None };

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Live, name), text);
}
