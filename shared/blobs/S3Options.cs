namespace MailMesh.Blobs;

/// <summary>An S3-compatible object store.</summary>
public sealed record S3Options
{
    /// <summary>http:// or https://, host and port.</summary>
    public required Uri Endpoint { get; init; }

    public required string AccessKey { get; init; }

    /// <summary>A secret: shown by nothing, logged by nothing.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Storage makes it while the mesh is still empty; after that one that is missing is a wrong one.</summary>
    public required string Bucket { get; init; }

    /// <summary>What requests are signed for; most stores but AWS ignore it.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Octets read from the store that this process keeps in memory: filtering and storage read the bodies of a group one right after the other.</summary>
    public long CacheBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Folder of the local disk for what memory gives up; null for none.</summary>
    public string? DiskCacheFolder { get; init; }

    /// <summary>Octets that may lie there; 0 for none.</summary>
    public long DiskCacheBytes { get; init; }

    /// <summary>A reader waits for each body that this process writes, and it is read at once, as APPEND takes a message apart: small bodies go by the journal, where there is one, and are kept for a moment.</summary>
    public bool ServesReaders { get; init; }

    /// <summary>A request takes this long at most, and a second more for each MiB it moves.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Names no secret.</summary>
    public override string ToString() => $"{Endpoint} {Bucket}";
}
