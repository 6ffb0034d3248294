using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Bans;

/// <summary>What bans measure.</summary>
internal static class BanMetrics
{
    private static int _inForce;

    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>("mailmesh.logins.failed", "{login}", "Failed logins that were counted against their network and account");

    private static readonly Counter<long> Bans = Telemetry.Meter.CreateCounter<long>("mailmesh.bans.imposed", "{ban}", "Bans imposed by this process, by what was banned");

    private static readonly Counter<long> Refusals = Telemetry.Meter.CreateCounter<long>("mailmesh.bans.refusals", "{refusal}", "Connections and logins refused since their network or account is banned");

    static BanMetrics() => Telemetry.Meter.CreateObservableGauge("mailmesh.bans.in_force", () => Volatile.Read(ref _inForce), "{ban}", "Bans in force, as last read");

    public static void Failed() => Failures.Add(1);

    public static void Imposed(bool isAccount) => Bans.Add(1, new KeyValuePair<string, object?>("subject", isAccount ? "account" : "network"));

    public static void Refused(bool isAccount) => Refusals.Add(1, new KeyValuePair<string, object?>("subject", isAccount ? "account" : "network"));

    public static void InForce(int count) => Volatile.Write(ref _inForce, count);
}
