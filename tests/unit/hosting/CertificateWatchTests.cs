using MailMesh.Hosting;
using MailMesh.Hosting.Tls;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>What is said of certificates that nobody renews.</summary>
public sealed class CertificateWatchTests : IDisposable
{
    private readonly string _folder = Scratch.NewFolder("watch");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly RecordingLogger<CertificateWatch> _log = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_that_expires_soon_is_warned_of_once_a_day_and_once_it_has_as_an_error()
    {
        TestCertificate.For(TimeSpan.FromDays(16), "a.example").Write(Path.Combine(_folder, "a.crt"), Path.Combine(_folder, "a.key"));
        using var watch = Watch();
        Look(watch, TimeSpan.Zero, lines: 0);
        Look(watch, TimeSpan.FromDays(3), lines: 1);
        Assert.Matches(@"a\.example .*a\.crt expires at ", Assert.Single(_log.Warnings));
        Look(watch, TimeSpan.FromHours(23), lines: 1);
        Look(watch, TimeSpan.FromHours(2), lines: 2);
        Look(watch, TimeSpan.FromDays(13), lines: 3);
        Assert.Contains("is not valid now", _log.Warnings.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_renewed_one_ends_the_warnings()
    {
        TestCertificate.For(TimeSpan.FromDays(3), "a.example").Write(Path.Combine(_folder, "a.crt"), Path.Combine(_folder, "a.key"));
        using var watch = Watch();
        Look(watch, TimeSpan.Zero, lines: 1);
        TestCertificate.For("a.example").Write(Path.Combine(_folder, "a.crt"), Path.Combine(_folder, "a.key"));
        Look(watch, TimeSpan.FromDays(2), lines: 1);
    }

    [Fact]
    public void One_that_no_client_meets_is_no_matter()
    {
        TestCertificate.For(TimeSpan.FromDays(-1), "a.example").Write(Path.Combine(_folder, "archive", "a1.crt"), Path.Combine(_folder, "archive", "a1.key"));
        TestCertificate.For("a.example").Write(Path.Combine(_folder, "a.crt"), Path.Combine(_folder, "a.key"));
        TestCertificate.For("mx.ours.example").Write(Path.Combine(_folder, "mx.crt"), Path.Combine(_folder, "mx.key"));
        using var watch = Watch();
        Look(watch, TimeSpan.Zero, lines: 0);
    }

    private void Look(CertificateWatch watch, TimeSpan later, int lines)
    {
        _clock.Advance(later);
        watch.Look();
        Assert.Equal(lines, _log.Lines.Count);
    }

    private CertificateWatch Watch()
    {
        var options = new MailMeshOptions { Data = _folder, TlsFolder = _folder, Hostname = "mx.ours.example", ExemptNetworks = NetworkList.None };
        return new CertificateWatch(new ServerCertificate(options), options, _clock, _log);
    }
}
