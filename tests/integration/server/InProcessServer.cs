using System.Diagnostics;
using MailMesh.Access;
using MailMesh.Admin;
using MailMesh.Filtering;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Relay;
using MailMesh.Storage;
using MailMesh.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace MailMesh.Integration.Tests.Server;

/// <summary>The standalone composed in this process, as its Program composes it, with an exporter that keeps the spans.</summary>
public sealed class InProcessServer : MailServer, IAsyncDisposable
{
    private readonly SpanList _spans = new();
    private WebApplication? _app;

    private InProcessServer()
        : base(ServerPorts.Find(), Scratch.NewFolder("in-process"))
    {
    }

    /// <summary>The spans that were exported so far.</summary>
    public IReadOnlyList<Activity> Spans => _spans.Snapshot();

    public static async Task<InProcessServer> StartAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StartOnceAsync();
            }
            catch (IOException failure) when (tries < 5 && failure.Message.Contains("in use", StringComparison.Ordinal))
            {
                // somebody took a port between our look and the start
            }
        }
    }

    private static async Task<InProcessServer> StartOnceAsync()
    {
        var server = new InProcessServer();
        var settings = server.Ports.Settings.ToDictionary(pair => pair.Key, pair => pair.Value);
        settings["MAILMESH__HOSTNAME"] = "mx.mesh.test";
        settings["MAILMESH__DNS__SERVERS"] = (await NameServer.EmptyAsync()).Address;
        string[] args = ["serve", "--data", server.Data, .. settings.SelectMany(pair => new[] { $"--{pair.Key["MAILMESH__".Length..].Replace("__", ":", StringComparison.Ordinal)}", pair.Value })];
        var builder = new MailMeshBuilder("standalone", args);
        builder.AddIngress();
        builder.AddFiltering();
        builder.AddStorage();
        builder.AddAccess();
        builder.AddRelay();
        builder.AddAdmin();
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(server._spans));
        server._app = builder.Build();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        Http.Dispose();
    }

    /// <summary>The exporter adds on its own thread while a test reads.</summary>
    private sealed class SpanList : System.Collections.ObjectModel.Collection<Activity>
    {
        private readonly Lock _lock = new();

        public IReadOnlyList<Activity> Snapshot()
        {
            lock (_lock)
                return [.. Items];
        }

        protected override void InsertItem(int index, Activity item)
        {
            lock (_lock)
                base.InsertItem(Items.Count, item);
        }
    }
}
