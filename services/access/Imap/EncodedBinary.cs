using MailMesh.Blobs;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3516 §4.4: a message with NUL octets, kept with its binary parts in base64.</summary>
internal static class EncodedBinary
{
    /// <summary>Gives the converted message; null where it has NULs outside of what can be encoded.</summary>
    public static async Task<(string Reference, long Length)?> StoreAsync(IBlobStore blobs, string reference)
    {
        await using var original = TemporaryFile();
        await using (var blob = await blobs.OpenAsync(reference))
            await blob.CopyToAsync(original);
        await using var writer = blobs.Create();
        await using var output = new BlobOutput(writer);
        if (await SevenBitConversion.RunAsync(original, output, CancellationToken.None) is null)
            return null;
        return (await writer.CompleteAsync(), writer.Length);
    }

    private static FileStream TemporaryFile() => new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
    });

    /// <summary>A blob's writer as a stream that is written to.</summary>
    private sealed class BlobOutput(BlobWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => writer.Length;

        public override long Position { get => writer.Length; set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => writer.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
