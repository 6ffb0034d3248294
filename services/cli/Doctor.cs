using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailMesh.AdminApi;
using static MailMesh.AdminApi.Diagnosis;

namespace MailMesh.Cli;

/// <summary>Checks a server from outside and asks it what it knows of itself; each line says what to do.</summary>
internal static class Doctor
{
    /// <summary>A clock that is further off makes dates of mail wrong and one-time codes fail.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(ServerSession session, ServerSettings settings, CancellationToken cancel)
    {
        var findings = await ExamineAsync(session, cancel);
        await session.Output.ListAsync(
            findings.ToAsyncEnumerable(), AdminJson.Default.Diagnosis, "", ["", "CHECK", "FOUND", "WHAT TO DO"],
            finding => [finding.Result, finding.Check, finding.Evidence, finding.Advice ?? ""]);
        if (findings.Exists(finding => finding is { Check: "reachable", Result: Fail }))
            return ExitCode.Unreachable;
        return findings.Exists(finding => finding.Result == Fail) ? ExitCode.Refused : ExitCode.Ok;
    }

    private static async Task<List<Diagnosis>> ExamineAsync(ServerSession session, CancellationToken cancel)
    {
        var findings = new List<Diagnosis>();
        try
        {
            findings.AddRange(await ReachAsync(session.Server, cancel));
            findings.Add(await HealthAsync(session.Server, cancel));
            var status = await session.Server.GetAsync("/api/v1/status", AdminJson.Default.ServerStatus, cancel);
            findings.Add(VersionOf(status));
            findings.AddRange(await Task.WhenAll(status.Listeners.Select(listener => AcceptsAsync(listener, session.Server.Address.Url, cancel))));
            await foreach (var finding in session.Server.ListAsync("/api/v1/diagnoses", AdminJson.Default.PageDiagnosis, cancel))
                findings.Add(finding);
        }
        catch (CommandException failure)
        {
            var check = failure.ExitCode == ExitCode.Unreachable ? "reachable" : "api";
            findings.Add(new Diagnosis(check, Fail, failure.Message, "Start the server, or say with --data DIR or MAILMESH_URL and MAILMESH_TOKEN where it is."));
        }
        return findings;
    }

    private static async Task<Diagnosis[]> ReachAsync(AdminClient server, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var (_, _, date) = await server.ProbeAsync("/health/live", cancel);
        var reachable = new Diagnosis("reachable", Ok, $"{server.Address.Url} answers in {watch.ElapsedMilliseconds} ms");
        if (date is not { } serverTime)
            return [reachable];
        var offBy = (serverTime - DateTimeOffset.UtcNow).Duration();
        return offBy < ClockTolerance
            ? [reachable, new Diagnosis("clock", Ok, "the server's clock is that of this machine")]
            : [reachable, new Diagnosis("clock", Warn, $"the server's clock differs from this machine's by {offBy.TotalSeconds:0} s", "Let both follow an NTP server.")];
    }

    private static async Task<Diagnosis> HealthAsync(AdminClient server, CancellationToken cancel)
    {
        var (status, body, _) = await server.ProbeAsync("/health/ready", cancel);
        return status == HttpStatusCode.OK
            ? new Diagnosis("health", Ok, "database and message bodies answer")
            : new Diagnosis("health", Fail, body, "See the server's log; mail is answered with 451 until this is well.");
    }

    private static Diagnosis VersionOf(ServerStatus status) => status.Version == CommandLine.Version
        ? new Diagnosis("version", Ok, $"server and mailmesh are {status.Version}")
        : new Diagnosis("version", Warn, $"the server is {status.Version}, mailmesh is {CommandLine.Version}", "Use the mailmesh of the server's version.");

    private static async Task<Diagnosis> AcceptsAsync(ListenerView listener, Uri server, CancellationToken cancel)
    {
        var check = $"listener {listener.Name}";
        if (!IPEndPoint.TryParse(listener.Address, out var endPoint))
            return new Diagnosis(check, Fail, $"{listener.Address} is no address");
        if (IPAddress.IsLoopback(endPoint.Address) && !server.IsLoopback)
            return new Diagnosis(check, Ok, $"{listener.Address} is for the server's own machine alone");
        var everywhere = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        var host = everywhere ? server.DnsSafeHost : endPoint.Address.ToString();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(ConnectTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, endPoint.Port, timeout.Token);
            return new Diagnosis(check, Ok, $"{host} port {endPoint.Port} accepts");
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            var reason = failure is SocketException ? failure.Message : "no answer";
            return new Diagnosis(check, Fail, $"{host} port {endPoint.Port}: {reason}", "Look at firewall rules between this machine and the server.");
        }
    }
}
