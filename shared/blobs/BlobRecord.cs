using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MailMesh.Blobs;

/// <summary>
/// How a body lies in a pack: <c>"MMB1"</c>, then its frames, then an empty frame, the body's size (8 octets) and
/// SHA-256, and where there is more than one frame, a table of their lengths (4 octets each), so that a read from an
/// offset finds its frame at once. Every number is little-endian. A frame is its length (4 octets) and one zstd frame with a
/// checksum; each holds <see cref="FrameSize"/> octets of the body, the last one the rest.
/// </summary>
/// <remarks>A reference suffices to read a record; the fields that repeat it let a pack be listed without a database.</remarks>
internal static class BlobRecord
{
    /// <summary>Octets of the body in a frame.</summary>
    public const int FrameSize = 128 * 1024;

    public const int PrefixSize = sizeof(uint);

    public static ReadOnlyMemory<byte> Magic { get; } = "MMB1"u8.ToArray();

    public static int FramesOf(long size) => checked((int)((size + FrameSize - 1) / FrameSize));

    public static int TableSize(int frames) => frames > 1 ? frames * sizeof(uint) : 0;

    /// <summary>Octets of a record.</summary>
    /// <param name="frameOctets">Octets of all frames, without their prefixes.</param>
    public static long LengthOf(long frameOctets, int frames) => Magic.Length + frameOctets + ((long)frames * PrefixSize) + TrailerLength(frames);

    /// <summary>What follows the frames.</summary>
    public static byte[] Trailer(long size, ReadOnlySpan<byte> hash, IReadOnlyList<int> frames)
    {
        var trailer = new byte[TrailerLength(frames.Count)];
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(PrefixSize), size);
        hash.CopyTo(trailer.AsSpan(PrefixSize + sizeof(long)));
        var table = trailer.AsSpan(PrefixSize + sizeof(long) + SHA256.HashSizeInBytes);
        for (var i = 0; i < frames.Count && frames.Count > 1; i++)
            BinaryPrimitives.WriteInt32LittleEndian(table[(i * sizeof(uint))..], frames[i]);
        return trailer;
    }

    private static int TrailerLength(int frames) => PrefixSize + sizeof(long) + SHA256.HashSizeInBytes + TableSize(frames);
}
