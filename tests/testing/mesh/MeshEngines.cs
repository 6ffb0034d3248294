using Npgsql;

namespace MailMesh.Testing;

/// <summary>A database, a virtual host and a bucket of one test on the engines of tests/run or on its own, removed when disposed.</summary>
public sealed class MeshEngines : IAsyncDisposable
{
    private MeshEngines(TestDatabase database, TestVirtualHost broker, TestBucket bucket)
    {
        Database = database;
        Broker = broker;
        Bucket = bucket;
    }

    public TestDatabase Database { get; }

    public TestVirtualHost Broker { get; }

    public TestBucket Bucket { get; }

    /// <summary>The settings that lead a service to them.</summary>
    public IReadOnlyDictionary<string, string> Settings => SettingsBy(null);

    /// <summary>The settings that lead a service to them by another way.</summary>
    /// <param name="reach">Where the engines answer to the services; the same as to us where null.</param>
    public IReadOnlyDictionary<string, string> SettingsBy(EngineAddresses? reach) => new Dictionary<string, string>
    {
        ["MAILMESH__BUS__RABBITMQ"] = new UriBuilder(Broker.Uri) { Port = reach?.RabbitMq.Port ?? Broker.Uri.Port }.Uri.AbsoluteUri,
        ["MAILMESH__STORE__POSTGRES"] = reach is null ? Database.ConnectionString : new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Port = reach.PostgresPort }.ConnectionString,
        ["MAILMESH__BLOBS__S3__ENDPOINT"] = new UriBuilder(Bucket.Options.Endpoint) { Port = reach?.S3.Port ?? Bucket.Options.Endpoint.Port }.Uri.AbsoluteUri,
        ["MAILMESH__BLOBS__S3__ACCESSKEY"] = Bucket.Options.AccessKey,
        ["MAILMESH__BLOBS__S3__SECRETKEY"] = Bucket.Options.SecretKey,
        ["MAILMESH__BLOBS__S3__BUCKET"] = Bucket.Options.Bucket,
    };

    /// <param name="addresses">The engines; those of tests/run where null.</param>
    public static async Task<MeshEngines> CreateAsync(EngineAddresses? addresses = null)
    {
        addresses ??= EngineAddresses.FromEnvironment();
        return new MeshEngines(await TestDatabase.CreateAsync(addresses.Postgres), await TestVirtualHost.CreateAsync(addresses), TestBucket.Named(addresses.S3));
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        await Bucket.DisposeAsync();
    }
}
