using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;

namespace MailMesh.Blobs;

/// <summary>The requests to one bucket. Each has a time limit, and every failure is an <see cref="IOException"/>.</summary>
/// <remarks>
/// Objects are written and read by presigned addresses: the SDK fails on every 206 reply, asks before each GET, and copies what it puts
/// (measured: half of the CPU, a twelfth of the memory). Everything else is the SDK's.
/// </remarks>
internal sealed class S3Bucket : IDisposable
{
    /// <summary>Of this process at once; the others wait, within their time limit.</summary>
    private const int MaxConnections = 64;

    /// <summary>What moves in the second that a request's limit grows by.</summary>
    private const double OctetsPerSecond = 1024 * 1024;

    /// <summary>Of a presigned address; it is used at once.</summary>
    private const int AddressSeconds = 900;

    /// <summary>A reply that tells of an error is read up to here.</summary>
    private const int MaxErrorBytes = 8 * 1024;

    /// <summary>A second attempt is for connections that broke, not for a store that is slow or down for long.</summary>
    private static readonly TimeSpan RetryWithin = TimeSpan.FromSeconds(2);

    private readonly S3Options _options;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly IMinioClient _sdk;

    public S3Bucket(S3Options options)
    {
        _options = options;
        _handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionsPerServer = MaxConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // a name may lead elsewhere by then
            AutomaticDecompression = DecompressionMethods.None,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _sdk = new MinioClient().WithEndpoint(options.Endpoint.Authority).WithSSL(options.Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(options.AccessKey, options.SecretKey).WithRegion(options.Region)
            .WithHttpClient(new HttpClient(_handler, disposeHandler: false), disposeHttpClient: true).Build();
    }

    /// <summary>Writes an object. Its name is of one use, so a second attempt writes the same.</summary>
    public Task PutAsync(string key, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        long octets = 0;
        foreach (var piece in pieces)
            octets += piece.Length;
        return LimitedAsync("put", octets, async limit =>
        {
            var address = await _sdk.PresignedPutObjectAsync(new PresignedPutObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithExpiry(AddressSeconds));
            using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new PiecesContent(pieces) };
            using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            if (!reply.IsSuccessStatusCode)
                throw await FaultAsync(reply, limit);
            return 0;
        }, cancellationToken);
    }

    /// <summary>Reads up to so many octets of an object: none past its end, null where there is no such object.</summary>
    public Task<byte[]?> GetAsync(string key, long offset, int count, CancellationToken cancellationToken) =>
        LimitedAsync("get", count, async limit =>
        {
            var address = await _sdk.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(_options.Bucket).WithObject(key).WithExpiry(AddressSeconds));
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Range = new RangeHeaderValue(offset, offset + count - 1);
            using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            if (reply.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return [];
            if (reply.StatusCode == HttpStatusCode.PartialContent || reply.StatusCode == HttpStatusCode.OK && offset == 0)
                return await ReadAsync(reply, count, limit);
            var fault = await FaultAsync(reply, limit);
            return reply.StatusCode == HttpStatusCode.NotFound && fault.Code != "NoSuchBucket" ? null : throw fault;
        }, cancellationToken);

    /// <summary>Objects whose name starts so, in the order of their names, a page in memory at a time.</summary>
    public async IAsyncEnumerable<(string Key, long SizeBytes, DateTimeOffset WrittenAt)> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arguments = new ListObjectsArgs().WithBucket(_options.Bucket).WithPrefix(prefix).WithRecursive(true);
        await using var objects = _sdk.ListObjectsEnumAsync(arguments, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await LimitedAsync("list", 0, limit => objects.MoveNextAsync().AsTask().WaitAsync(limit), cancellationToken, attempts: 1))
        {
            var item = objects.Current;
            yield return (item.Key, (long)item.Size, item.LastModifiedDateTime is { } written ? new DateTimeOffset(written) : DateTimeOffset.MaxValue);
        }
    }

    /// <summary>Removes objects; nothing where they are gone already.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var page in keys.Chunk(1000)) // S3: at most that many a request
        {
            var failed = await LimitedAsync("delete", 0, limit => _sdk.RemoveObjectsAsync(new RemoveObjectsArgs().WithBucket(_options.Bucket).WithObjects(page), limit), cancellationToken);
            if (failed.FirstOrDefault(f => f.Code != "NoSuchKey") is { } refused)
                throw new IOException($"The object store does not remove {refused.Key}: {refused.Code}");
        }
    }

    /// <summary>Makes the bucket; false where it is there already.</summary>
    public Task<bool> MakeAsync(CancellationToken cancellationToken) => LimitedAsync("make", 0, async limit =>
    {
        if (await _sdk.BucketExistsAsync(new BucketExistsArgs().WithBucket(_options.Bucket), limit))
            return false;
        await _sdk.MakeBucketAsync(new MakeBucketArgs().WithBucket(_options.Bucket).WithLocation(_options.Region), limit);
        return true;
    }, cancellationToken);

    public void Dispose()
    {
        _sdk.Dispose();
        _http.Dispose();
        _handler.Dispose();
    }

    private async Task<T> LimitedAsync<T>(string operation, long octets, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken, int attempts = 2)
    {
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.RequestTimeout + TimeSpan.FromSeconds(octets / OctetsPerSecond));
        while (true)
        {
            try
            {
                var result = await AttemptAsync(request, limit.Token, cancellationToken);
                BlobMetrics.Asked(operation, "done", Stopwatch.GetElapsedTime(started));
                return result;
            }
            catch (IOException failure) when (--attempts > 0 && IsBroken(failure) && Stopwatch.GetElapsedTime(started) < RetryWithin)
            {
                await Task.Delay(Random.Shared.Next(50, 150), cancellationToken); // not all at once
            }
            catch (IOException)
            {
                BlobMetrics.Asked(operation, "failed", Stopwatch.GetElapsedTime(started));
                throw;
            }
        }
    }

    private static async Task<T> AttemptAsync<T>(Func<CancellationToken, Task<T>> request, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await request(limit);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException late)
        {
            throw new IOException("The object store does not answer in time.", new TimeoutException(late.Message));
        }
        catch (Exception refused) when (refused is MinioException or AuthorizationException)
        {
            throw S3Exception.From(refused);
        }
        catch (Exception failure) when (failure is not IOException)
        {
            throw new IOException("The object store cannot be reached.", failure);
        }
    }

    /// <summary>A connection that broke, or a store that says that the fault is its own.</summary>
    private static bool IsBroken(IOException failure) =>
        failure is S3Exception { IsOverloadOrFailure: true } or HttpIOException || failure.InnerException is HttpRequestException or IOException;

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage reply, int count, CancellationToken cancellationToken)
    {
        var octets = GC.AllocateUninitializedArray<byte>((int)Math.Min(count, reply.Content.Headers.ContentLength ?? count));
        await using var body = await reply.Content.ReadAsStreamAsync(cancellationToken);
        var read = await body.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancellationToken);
        return read == octets.Length ? octets : octets[..read];
    }

    private static async Task<S3Exception> FaultAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        var text = new byte[MaxErrorBytes];
        await using var body = await reply.Content.ReadAsStreamAsync(cancellationToken);
        var read = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
        return S3Exception.From(reply.StatusCode, System.Text.Encoding.UTF8.GetString(text, 0, read));
    }
}
