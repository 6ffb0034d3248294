using MailMesh.AdminApi;

namespace MailMesh.Cli;

internal static class StatusVerb
{
    public static async Task<int> RunAsync(ServerSession session, ServerSettings settings, CancellationToken cancel)
    {
        var status = await session.Server.GetAsync("/api/v1/status", AdminJson.Default.ServerStatus, cancel);
        session.Output.Say(status, AdminJson.Default.ServerStatus,
            $"""
            MailMesh {status.Version} as {status.Hostname}, up since {Output.Moment(status.StartedAt)}
            Data folder  {status.DataFolder}
            Certificate  {string.Join(", ", status.Certificate.Names)} until {Output.Moment(status.Certificate.NotAfter)}{(status.Certificate.SelfSigned ? ", self-signed" : "")}
            Holds        {status.Holds.Domains} domains, {status.Holds.Accounts} accounts, {status.Holds.Aliases} aliases, {status.Holds.Routes} routes
            In transit   {status.Holds.Spool} not settled, {status.Holds.Queue} waiting for other servers{Failed(status.Holds)}
            """);
        if (!session.Output.Json)
            session.Output.Table(["LISTENER", "ADDRESS", "TLS"], status.Listeners.Select(l => new[] { l.Name, l.Address, l.ImplicitTls ? "from the start" : "" }));
        return ExitCode.Ok;
    }

    private static string Failed(HeldMail holds) => holds.Errors is > 0 and var errors ? $", {errors} failed: see mailmesh errors list" : "";
}
