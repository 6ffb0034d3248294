using MailMesh.Testing;
using Minio;
using Minio.DataModel.Args;
using Npgsql;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>The tests' own footing: what each test gets on the shared engines works, is its own, and is gone afterwards.</summary>
public sealed class EnginesTests
{
    [MeshFact]
    public async Task A_test_gets_a_database_a_virtual_host_and_a_bucket_and_leaves_nothing_behind()
    {
        await using var witness = await MeshEngines.CreateAsync();
        var engines = await MeshEngines.CreateAsync();
        var options = engines.Bucket.Options;
        using var client = new MinioClient().WithEndpoint(options.Endpoint.Authority).WithCredentials(options.AccessKey, options.SecretKey).WithSSL(false).Build();
        await client.MakeBucketAsync(new MakeBucketArgs().WithBucket(options.Bucket));
        await client.PutObjectAsync(new PutObjectArgs().WithBucket(options.Bucket).WithObject("a/b").WithStreamData(new MemoryStream([1, 2, 3])).WithObjectSize(3));
        Assert.Equal(["a/b"], await engines.Bucket.ObjectsAsync());
        Assert.Empty(await engines.Broker.QueueNamesAsync());
        await engines.DisposeAsync();

        Assert.False(await client.BucketExistsAsync(new BucketExistsArgs().WithBucket(options.Bucket)));
        var gone = new NpgsqlConnectionStringBuilder(engines.Database.ConnectionString).Database!;
        await using var connection = new NpgsqlConnection(witness.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = @name", connection);
        command.Parameters.AddWithValue("name", gone);
        Assert.Equal(0L, await command.ExecuteScalarAsync());
        var hosts = await witness.Broker.NeighboursAsync();
        Assert.Contains(witness.Broker.Name, hosts);
        Assert.DoesNotContain(engines.Broker.Name, hosts);
    }
}
