using Npgsql;

namespace MailMesh.Testing;

/// <summary>A database, a virtual host and a bucket of one test on the engines of tests/run or on its own, removed when disposed.</summary>
public sealed class MeshEngines : IAsyncDisposable
{
    /// <summary>Sessions of each process on the engines that all tests share, so that many meshes at once find room; on its own engines a mesh has its default.</summary>
    private const int SharedPool = 6;

    private readonly bool _shared;

    private MeshEngines(bool shared, TestDatabase database, TestVirtualHost broker, TestBucket bucket)
    {
        _shared = shared;
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
        ["MAILMESH__STORE__POSTGRES"] = ConnectionString(reach),
        ["MAILMESH__BLOBS__S3__ENDPOINT"] = new UriBuilder(Bucket.Options.Endpoint) { Port = reach?.S3.Port ?? Bucket.Options.Endpoint.Port }.Uri.AbsoluteUri,
        ["MAILMESH__BLOBS__S3__ACCESSKEY"] = Bucket.Options.AccessKey,
        ["MAILMESH__BLOBS__S3__SECRETKEY"] = Bucket.Options.SecretKey,
        ["MAILMESH__BLOBS__S3__BUCKET"] = Bucket.Options.Bucket,
    };

    /// <param name="addresses">The engines; those of tests/run where null.</param>
    public static async Task<MeshEngines> CreateAsync(EngineAddresses? addresses = null)
    {
        var shared = addresses is null;
        addresses ??= EngineAddresses.FromEnvironment();
        return new MeshEngines(shared, await TestDatabase.CreateAsync(addresses.Postgres), await TestVirtualHost.CreateAsync(addresses), TestBucket.Named(addresses.S3));
    }

    private string ConnectionString(EngineAddresses? reach)
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString);
        if (reach is not null)
            settings.Port = reach.PostgresPort;
        if (_shared)
            settings.MaxPoolSize = SharedPool;
        return settings.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
        await Bucket.DisposeAsync();
    }
}
