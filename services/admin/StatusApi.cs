using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using MailMesh.AdminApi;
using MailMesh.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/status and /api/v1/diagnoses: what this server is and holds, and what it finds wrong with itself.</summary>
internal static class StatusApi
{
    private static readonly DateTimeOffset StartedAt = System.Diagnostics.Process.GetCurrentProcess().StartTime;

    private static readonly string Version =
        typeof(StatusApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/status", StatusAsync);
        api.MapGet("/diagnoses", async (SelfExamination examination, ErrorDesk errors, CancellationToken cancel) =>
            Replies.Ok(new Page<Diagnosis>([.. await examination.RunAsync(cancel), await errors.ExamineAsync(cancel)], null), AdminJson.Default.PageDiagnosis));
    }

    private static async Task<IResult> StatusAsync(
        MailMeshOptions options, OpenListeners listeners, ServerCertificate certificate, MailHoldings holdings, TimeProvider clock)
    {
        var holds = await holdings.AllAsync();
        return Replies.Ok(
            new ServerStatus(
                Version, options.Hostname, StartedAt, clock.GetUtcNow(), options.Data,
                [.. listeners.All.Select(l => new ListenerView(l.Name, l.EndPoint.ToString(), l.ImplicitTls))],
                holds,
                View(certificate.Leaf)),
            AdminJson.Default.ServerStatus);
    }

    private static CertificateView View(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return new CertificateView(
            leaf.Subject, names is null ? [] : [.. names.EnumerateDnsNames()], leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime(), leaf.Subject == leaf.Issuer);
    }
}
