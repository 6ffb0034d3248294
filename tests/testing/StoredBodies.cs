using MailMesh.Blobs;

namespace MailMesh.Testing;

/// <summary>Bodies on their way into a blob store and out of it.</summary>
public static class StoredBodies
{
    /// <summary>Gives the reference.</summary>
    public static async Task<string> PutAsync(IBlobStore store, byte[] body)
    {
        await using var writer = store.Create();
        await writer.WriteAsync(body);
        return await writer.CompleteAsync();
    }

    public static async Task<byte[]> GetAsync(IBlobStore store, string reference)
    {
        await using var stream = await store.OpenAsync(reference);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>Octets that do not compress; the same for the same seed.</summary>
    public static byte[] Noise(int size, int seed = 1)
    {
        var body = new byte[size];
        new Random(seed).NextBytes(body);
        return body;
    }
}
