using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace MailMesh.Testing;

/// <summary>The Aspire dashboard on loopback: takes spans by OTLP, and tells which it has.</summary>
public sealed class TraceDashboard : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly ServerLog _log = new();

    private TraceDashboard(Process process, ServerPorts ports)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ports.First}/"), Timeout = TimeSpan.FromSeconds(30) };
        OtlpEndpoint = $"http://127.0.0.1:{ports.First + 1}";
    }

    /// <summary>For MAILMESH__OTEL__ENDPOINT: gRPC.</summary>
    public string OtlpEndpoint { get; }

    public static async Task<TraceDashboard> StartAsync()
    {
        var ports = ServerPorts.Find();
        // A switch that it does not know, so that tests/run knows the process by its command line.
        var start = new ProcessStartInfo(Program(), [$"--scratch={Scratch.Root}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Scratch.NewFolder("dashboard"),
        };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports.First}";
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{ports.First + 1}";
        start.Environment["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true";
        start.Environment["DASHBOARD__API__ENABLED"] = "true";
        start.Environment["HOME"] = start.WorkingDirectory;
        var dashboard = new TraceDashboard(Process.Start(start) ?? throw new InvalidOperationException("The dashboard did not start."), ports);
        Scratch.NoteProcess(dashboard._process.Id);
        dashboard._process.StandardInput.Close();
        dashboard._log.Follow(dashboard._process, _ => { });
        try
        {
            await Wait.UntilAsync("the dashboard answers", async () => await dashboard.SpansAsync("none") is not null);
        }
        catch (TimeoutException failure)
        {
            await dashboard.DisposeAsync();
            throw new InvalidOperationException($"{failure.Message}\n{dashboard._log}", failure);
        }
        return dashboard;
    }

    /// <summary>The spans of one trace that have come so far.</summary>
    public async Task<IReadOnlyList<ExportedSpan>> SpansAsync(string traceId)
    {
        using var answer = await _http.GetAsync(new Uri($"api/telemetry/traces/{traceId}", UriKind.Relative));
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound)
            return [];
        using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        return [.. from resource in json.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                   from scope in resource.GetProperty("scopeSpans").EnumerateArray()
                   from span in scope.GetProperty("spans").EnumerateArray()
                   select new ExportedSpan(
                       Attribute(resource, "service.name"),
                       Attribute(resource, "service.instance.id"),
                       span.GetProperty("name").GetString()!,
                       span.GetProperty("spanId").GetString()!,
                       span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() ?? "" : "")];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        Scratch.ForgetProcess(_process.Id);
        _process.Dispose();
        _http.Dispose();
    }

    private static string Program() =>
        typeof(TraceDashboard).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TraceDashboard").Value!;

    private static string Attribute(JsonElement resource, string key) => resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
        .Where(attribute => attribute.GetProperty("key").GetString() == key)
        .Select(attribute => attribute.GetProperty("value").TryGetProperty("stringValue", out var value) ? value.GetString() : null)
        .FirstOrDefault() ?? "";
}

/// <summary>One span as a collector got it.</summary>
/// <param name="Parent">Empty for a root.</param>
public sealed record ExportedSpan(string Service, string Instance, string Name, string Id, string Parent)
{
    /// <summary>True for one root, and a parent among them for every other.</summary>
    public static bool AreOneTree(IReadOnlyCollection<ExportedSpan> spans)
    {
        var known = spans.Select(span => span.Id).ToHashSet();
        return spans.Count(span => span.Parent.Length == 0) == 1 && spans.All(span => span.Parent.Length == 0 || known.Contains(span.Parent));
    }
}
