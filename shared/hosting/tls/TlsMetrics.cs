using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Security.Authentication;

namespace MailMesh.Hosting.Tls;

/// <summary>Metrics of TLS on every listener.</summary>
internal static class TlsMetrics
{
    private static readonly Counter<long> Handshakes =
        Telemetry.Meter.CreateCounter<long>("mailmesh.tls.handshakes", "{handshake}", "TLS handshakes, by listener, version and outcome (ok, timeout, version: the client speaks none of ours, failed)");

    private static readonly Counter<long> Reloads =
        Telemetry.Meter.CreateCounter<long>("mailmesh.tls.reloads", "{reload}", "Certificate files read again, by outcome (ok, fault: a file gave nothing)");

    public static void Succeeded(string listener, string version) => Count(listener, version, "ok");

    public static void TimedOut(string listener) => Count(listener, "none", "timeout");

    /// <param name="hello">What the client said; null where it said nothing that is TLS.</param>
    public static void Failed(string listener, SslClientHelloInfo? hello)
    {
        var isOld = hello is { SslProtocols: not SslProtocols.None and var offered } && (offered & (SslProtocols.Tls12 | SslProtocols.Tls13)) == 0;
        Count(listener, "none", isOld ? "version" : "failed");
    }

    public static void Reloaded(bool whole) => Reloads.Add(1, new KeyValuePair<string, object?>("outcome", whole ? "ok" : "fault"));

    /// <summary>One series a certificate that clients can meet.</summary>
    public static ObservableGauge<double> Remaining(Func<IEnumerable<Measurement<double>>> certificates) =>
        Telemetry.Meter.CreateObservableGauge("mailmesh.tls.certificate.remaining", certificates, "s", "Time until a certificate expires; below 0 once it has");

    private static void Count(string listener, string version, string outcome) =>
        Handshakes.Add(1, new("listener", listener), new("version", version), new("outcome", outcome));
}
