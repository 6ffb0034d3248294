using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace MailMesh.Blobs;

/// <summary>Where a body lies, and what it must be: the content of a reference string.</summary>
/// <remarks>
/// Text form: <c>pack.version.offset.length.size.sha256</c>, numbers in hexadecimal, the hash in base64url. The pack
/// comes first, so that the references into one pack are one range of an index.
/// </remarks>
/// <param name="Pack">The pack's name.</param>
/// <param name="Offset">First octet of the record in the pack.</param>
/// <param name="Length">Octets of the record.</param>
/// <param name="Size">Octets of the body.</param>
/// <param name="Hash">SHA-256 of the body, base64url.</param>
internal readonly record struct BlobReference(string Pack, long Offset, long Length, long Size, string Hash)
{
    /// <summary>Version 1: zstd frames, as <see cref="BlobRecord"/> lays them out.</summary>
    private const string Version = "1";

    /// <exception cref="BlobException">The text is no reference.</exception>
    public static BlobReference Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length == 6 && parts[1] == Version && PackName.IsValid(parts[0])
            && TryNumber(parts[2], out var offset) && TryNumber(parts[3], out var length) && TryNumber(parts[4], out var size)
            && Base64Url.IsValid(parts[5], out var hashLength) && hashLength == SHA256.HashSizeInBytes
            && length >= BlobRecord.LengthOf(0, BlobRecord.FramesOf(size)))
            return new BlobReference(parts[0], offset, length, size, parts[5]);
        throw new BlobException("Not a reference to a body of this store.");
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Pack}.{Version}.{Offset:x}.{Length:x}.{Size:x}.{Hash}");

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0;
}
