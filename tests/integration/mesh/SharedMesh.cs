using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>A mesh of two copies of each service, with a collector of their spans, for all tests that do no harm to it; each takes accounts of its own.</summary>
public sealed class SharedMesh : IAsyncLifetime
{
    private MeshCluster? _mesh;
    private TraceDashboard? _dashboard;

    public MeshCluster Mesh => _mesh ?? throw new InvalidOperationException("The mesh has not been started.");

    public TraceDashboard Dashboard => _dashboard ?? throw new InvalidOperationException("The dashboard has not been started.");

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return; // every test is skipped
        _dashboard = await TraceDashboard.StartAsync();
        _mesh = await MeshCluster.StartAsync(copies: 2, accounts: ["postmaster@mesh.test"], settings: new Dictionary<string, string>
        {
            ["MAILMESH__OTEL__ENDPOINT"] = _dashboard.OtlpEndpoint,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        });
    }

    public async Task DisposeAsync()
    {
        if (_mesh is { } mesh)
            await mesh.DisposeAsync();
        if (_dashboard is { } dashboard)
            await dashboard.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedMeshCollection : ICollectionFixture<SharedMesh>
{
    public const string Name = "one mesh";
}
