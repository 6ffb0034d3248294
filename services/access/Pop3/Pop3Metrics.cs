using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Access.Pop3;

/// <summary>What POP3 measures.</summary>
internal static class Pop3Metrics
{
    private static readonly Counter<long> Logins = Telemetry.Meter.CreateCounter<long>("mailmesh.pop3.logins", "{login}", "POP3 logins by outcome");

    private static readonly Counter<long> Messages = Telemetry.Meter.CreateCounter<long>("mailmesh.pop3.retrieved.messages", "{message}", "Messages sent whole to POP3 clients");

    private static readonly Counter<long> Octets = Telemetry.Meter.CreateCounter<long>("mailmesh.pop3.retrieved.size", "By", "Octets of messages sent whole to POP3 clients");

    public static void Login(string outcome) => Logins.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Retrieved(long octets)
    {
        Messages.Add(1);
        Octets.Add(octets);
    }
}
