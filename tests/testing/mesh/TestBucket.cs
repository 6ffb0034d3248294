using MailMesh.Blobs;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace MailMesh.Testing;

/// <summary>An S3 bucket of one test, removed with all its objects when disposed.</summary>
public sealed class TestBucket : IAsyncDisposable
{
    private readonly IMinioClient _client;

    private TestBucket(Uri store)
    {
        var (accessKey, secretKey) = EngineAddresses.Credentials(store);
        Options = new S3Options
        {
            Endpoint = new UriBuilder(store) { UserName = "", Password = "" }.Uri,
            AccessKey = accessKey,
            SecretKey = secretKey,
            Bucket = $"test-{Guid.NewGuid():N}",
        };
        _client = new MinioClient().WithEndpoint(Options.Endpoint.Authority).WithCredentials(accessKey, secretKey)
            .WithRegion(Options.Region).WithSSL(Options.Endpoint.Scheme == Uri.UriSchemeHttps).Build();
    }

    public S3Options Options { get; }

    /// <param name="store">http://accesskey:secretkey@host:port/; the engine of tests/run where null.</param>
    public static async Task<TestBucket> CreateAsync(Uri? store = null)
    {
        var bucket = Named(store);
        await bucket._client.MakeBucketAsync(new MakeBucketArgs().WithBucket(bucket.Options.Bucket).WithLocation(bucket.Options.Region));
        return bucket;
    }

    /// <summary>A name that is not taken, for a service that makes its bucket itself.</summary>
    public static TestBucket Named(Uri? store = null) => new(store ?? EngineAddresses.FromEnvironment().S3);

    /// <summary>Names of all objects.</summary>
    public async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        var names = new List<string>();
        await foreach (var item in _client.ListObjectsEnumAsync(new ListObjectsArgs().WithBucket(Options.Bucket).WithRecursive(true)))
            names.Add(item.Key);
        return names;
    }

    public Task RemoveAsync(string name) => _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(Options.Bucket).WithObject(name));

    public Task WriteAsync(string name, byte[] octets) => _client.PutObjectAsync(
        new PutObjectArgs().WithBucket(Options.Bucket).WithObject(name).WithStreamData(new MemoryStream(octets)).WithObjectSize(octets.Length));

    public async Task<byte[]> ReadAsync(string name)
    {
        using var copy = new MemoryStream();
        await _client.GetObjectAsync(new GetObjectArgs().WithBucket(Options.Bucket).WithObject(name).WithCallbackStream(stream => stream.CopyTo(copy)));
        return copy.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            var names = await ObjectsAsync();
            if (names.Count > 0)
                await _client.RemoveObjectsAsync(new RemoveObjectsArgs().WithBucket(Options.Bucket).WithObjects([.. names]));
            await _client.RemoveBucketAsync(new RemoveBucketArgs().WithBucket(Options.Bucket));
        }
        catch (BucketNotFoundException)
        {
            // It was only named, and nobody made it.
        }
        _client.Dispose();
    }
}
