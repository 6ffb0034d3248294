using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Sasl;

/// <summary>What authentication measures: who still sends passwords, and what is refused.</summary>
internal static class SaslMetrics
{
    private static readonly Counter<long> Exchanges = Telemetry.Meter.CreateCounter<long>("mailmesh.sasl.exchanges", "{exchange}", "Exchanges that were decided, by mechanism and outcome");

    public static void Decided(string mechanism, SaslStep step) => Exchanges.Add(
        1, new KeyValuePair<string, object?>("mechanism", mechanism), new KeyValuePair<string, object?>("outcome", OutcomeOf(step)));

    private static string OutcomeOf(SaslStep step) => step switch
    {
        SaslStep.Accepted => "accepted",
        SaslStep.Refused { Reason: SaslRefusal.Banned } => "banned",
        SaslStep.Refused { Reason: SaslRefusal.Unavailable } => "unavailable",
        _ => "refused",
    };
}
