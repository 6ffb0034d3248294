using MailMesh.Blobs;
using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>A message's octets to go back and forth in: up to half a MiB in memory, more in a file that is gone when it is closed.</summary>
internal static class MessageCopy
{
    private const int InMemory = 512 * 1024;

    /// <summary>The whole message, from its first octet; to be disposed.</summary>
    public static async Task<Stream> ReadAsync(IBlobStore blobs, MessageReceived message, CancellationToken cancellationToken)
    {
        Stream octets = message.SizeBytes <= InMemory ? new MemoryStream((int)message.SizeBytes) : TemporaryFile();
        try
        {
            await using (var blob = await blobs.OpenAsync(message.Body, cancellationToken))
                await blob.CopyToAsync(octets, cancellationToken);
            octets.Position = 0;
            return octets;
        }
        catch
        {
            await octets.DisposeAsync();
            throw;
        }
    }

    private static FileStream TemporaryFile() => new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
    });
}
