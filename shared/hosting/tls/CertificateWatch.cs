using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting.Tls;

/// <summary>Takes certificates that were renewed without a restart, at SIGHUP or by itself, and warns of those that were not.</summary>
/// <remarks>It asks for the files' times: events of the file system miss links that are swapped, mounts and network disks.</remarks>
internal sealed class CertificateWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Reminder = TimeSpan.FromDays(1);

    /// <summary>ACME renews at thirty days; half of that has it failed.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(14);

    private readonly ServerCertificate _certificates;
    private readonly MailMeshOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Dictionary<string, DateTimeOffset> _warned = [];
    private readonly ObservableGauge<double> _remaining;
    private PosixSignalRegistration? _hangUp;
    private volatile bool _asked;

    public CertificateWatch(ServerCertificate certificates, MailMeshOptions options, TimeProvider clock, ILogger<CertificateWatch> log)
    {
        _certificates = certificates;
        _options = options;
        _clock = clock;
        _log = log;
        _remaining = TlsMetrics.Remaining(Remaining);
    }

    /// <summary>One look at the files and their dates.</summary>
    internal void Look()
    {
        var always = _asked;
        _asked = false;
        _certificates.Reload(always);
        foreach (var certificate in _certificates.Set.Shown)
            Warn(certificate);
    }

    /// <summary>SIGHUP is taken before the process says that it is ready: until then it ends it.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // A process that hangs on a terminal ends with it, as ever.
        if (!OperatingSystem.IsWindows() && Console.IsInputRedirected)
            _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _hangUp?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (_options.TlsFolder is { } folder && _options.TlsCertificate is null && _certificates.Set.Default.IsSelfSigned)
            CertificateLog.NoneInFolder(_log, folder);
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            do
                TryLook();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private void OnHangUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _asked = true;
        TryLook();
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (Exception failure)
        {
            CertificateLog.LookFailed(_log, failure);
        }
    }

    private void Warn(LoadedCertificate certificate)
    {
        var now = _clock.GetUtcNow();
        var (from, until) = (certificate.Leaf.NotBefore.ToUniversalTime(), certificate.Leaf.NotAfter.ToUniversalTime());
        var isValid = from <= now.UtcDateTime && now.UtcDateTime < until;
        lock (_warned)
        {
            if (isValid && until - now.UtcDateTime > Margin || (_warned.TryGetValue(certificate.Content, out var last) && now - last < Reminder))
                return;
            _warned[certificate.Content] = now;
        }
        if (isValid)
            CertificateLog.Expiring(_log, certificate.Name, certificate.CertificateFile, until);
        else
            CertificateLog.Invalid(_log, certificate.Name, certificate.CertificateFile, from, until);
    }

    private IEnumerable<Measurement<double>> Remaining()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return [.. _certificates.Set.Shown.Select(shown =>
            new Measurement<double>((shown.Leaf.NotAfter.ToUniversalTime() - now).TotalSeconds, new KeyValuePair<string, object?>("certificate", shown.Name)))];
    }
}
