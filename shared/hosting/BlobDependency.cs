using MailMesh.Blobs;

namespace MailMesh.Hosting;

/// <summary>The store of message bodies.</summary>
internal sealed class BlobDependency(IBlobStore blobs, MailMeshOptions options) : IDependency
{
    public string Name => "blobs";

    public string? Setting => options.Mesh is null ? null : SettingException.NameOf(MeshOptions.S3Key);

    public Task CheckAsync(CancellationToken cancellationToken) => blobs.CheckAsync(cancellationToken);
}
