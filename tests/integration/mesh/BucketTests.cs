using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>Storage makes the bucket of a new mesh, and never a second one for a mesh that has mail.</summary>
public sealed class BucketTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    [MeshFact]
    public async Task A_new_mesh_gets_its_bucket_and_one_with_mail_no_second_one()
    {
        await using var other = TestBucket.Named();
        await using (var mesh = await MeshCluster.CreateAsync(settings: new Dictionary<string, string> { ["MAILMESH__BLOBS__S3__BUCKET"] = other.Options.Bucket }))
        {
            await mesh.Add("storage").ReadyAsync(StartLimit);
            await using var made = PackBlobStore.OnS3(other.Options);
            await made.CheckAsync();
        }

        await using var absent = TestBucket.Named();
        await using var full = await MeshCluster.CreateAsync(settings: new Dictionary<string, string>
        {
            ["MAILMESH__BLOBS__S3__BUCKET"] = absent.Options.Bucket,
            ["MAILMESH__LOGGING__LOGLEVEL__DEFAULT"] = "Debug",
        });
        await using (var database = MailMesh.Database.MailDatabase.OnPostgres(full.Engines.Database.ConnectionString))
        {
            await database.MigrateAsync();
            await database.WriteAsync(session => session.ExecuteAsync(
                "INSERT INTO contents (message_id, blob, blob_size, header_prefix, envelope, structure, created_at) VALUES ('m', 'b', 1, @none, @none, @none, 0)",
                ("@none", Array.Empty<byte>())));
        }
        var storage = full.Add("storage");
        await Wait.UntilAsync("storage has decided", () => Task.FromResult(storage.Log.Contains("There is mail", StringComparison.Ordinal)), StartLimit);
        await storage.NotReadyAsync("MAILMESH__BLOBS__S3__BUCKET", StartLimit);
        await using var missing = PackBlobStore.OnS3(absent.Options);
        await Assert.ThrowsAnyAsync<IOException>(() => missing.CheckAsync());
    }
}
