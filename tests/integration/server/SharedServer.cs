using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Server;

/// <summary>One server for all tests that do no harm to it; each takes accounts of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private RunningServer? _server;

    public RunningServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions { Accounts = ["postmaster@mesh.test"] });

    public async Task DisposeAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "one server";
}
