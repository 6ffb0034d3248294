namespace MailMesh.Blobs;

/// <summary>A large body as objects of one size, each written when it is full: memory stays bounded, and no multipart upload can be left open.</summary>
internal sealed class S3PackObject(S3Bucket bucket) : PackObject
{
    /// <summary>Time for an abandoned body's removal; what is left is collected as a pack that nothing refers to.</summary>
    private static readonly TimeSpan RemovalTimeout = TimeSpan.FromSeconds(5);

    private readonly PieceBuffer _part = new();
    private readonly List<string> _written = [];
    private bool _complete;

    public override string Pack { get; } = PackName.Next(PackName.Single);

    public override async ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets, CancellationToken cancellationToken)
    {
        foreach (var piece in octets)
        {
            for (var rest = piece; !rest.IsEmpty;)
            {
                var taken = (int)Math.Min(rest.Length, S3PackStorage.PartSize - _part.Length);
                _part.Append(rest.Span[..taken]);
                rest = rest[taken..];
                if (_part.Length == S3PackStorage.PartSize)
                    await PutAsync(cancellationToken);
            }
        }
    }

    public override async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_part.Length > 0)
            await PutAsync(cancellationToken);
        _complete = true;
    }

    public override async ValueTask DisposeAsync()
    {
        _part.Dispose();
        if (_complete || _written.Count == 0)
            return;
        try
        {
            using var limit = new CancellationTokenSource(RemovalTimeout);
            await bucket.DeleteAsync(_written, limit.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            System.Diagnostics.Debug.WriteLine(failure.Message);
        }
    }

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        _part.CopyTo(pieces);
        var key = S3PackStorage.PartKey(Pack, _written.Count);
        _written.Add(key); // before: a request that fails may have been carried out
        await bucket.PutAsync(key, pieces, cancellationToken);
        _part.Clear();
    }
}
