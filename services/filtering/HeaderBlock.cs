using System.Buffers;
using System.Text;
using MailMesh.Blobs;

namespace MailMesh.Filtering;

/// <summary>The header of a message as it stands in the blob, read once and shared by the checks.</summary>
/// <remarks>A header past 256 KiB is taken as far as it goes: no check rests on what lies behind.</remarks>
public sealed class HeaderBlock
{
    private const int MaxBytes = 256 * 1024;
    private const int FirstRead = 8 * 1024;

    private readonly byte[] _octets;
    private readonly List<Field> _fields;

    private HeaderBlock(byte[] octets, List<Field> fields, long bodyOffset, bool complete)
    {
        _octets = octets;
        _fields = fields;
        BodyOffset = bodyOffset;
        IsComplete = complete;
    }

    /// <summary>First octet after the empty line; the end of what was read where there is none.</summary>
    public long BodyOffset { get; }

    /// <summary>False where the header goes on past the bound.</summary>
    public bool IsComplete { get; }

    /// <summary>Reads the start of a body up to the empty line.</summary>
    public static async Task<HeaderBlock> ReadAsync(IBlobStore blobs, string body, CancellationToken cancellationToken)
    {
        await using var stream = await blobs.OpenAsync(body, 0, cancellationToken);
        var octets = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            var length = 0;
            while (true)
            {
                var count = await stream.ReadAsync(octets.AsMemory(length), cancellationToken);
                length += count;
                var end = EndOf(octets.AsSpan(0, length), length - count);
                if (end >= 0 || count == 0 || length >= MaxBytes)
                    return Parse(octets.AsSpan(0, end >= 0 ? end : length).ToArray());
                if (length == octets.Length)
                    Grow(ref octets, length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    /// <summary>Finds the fields in the octets of a message.</summary>
    public static HeaderBlock Parse(byte[] octets)
    {
        var fields = new List<Field>();
        var start = 0;
        while (start < octets.Length)
        {
            var end = EndOfField(octets, start);
            var line = octets.AsSpan(start, end - start);
            if (line.TrimEnd("\r\n"u8).IsEmpty)
                return new HeaderBlock(octets, fields, end, complete: true);
            var colon = line.IndexOf((byte)':');
            if (colon > 0)
                fields.Add(new Field(start, line[..colon].TrimEnd(" \t"u8).Length, start + colon + 1, end));
            start = end;
        }
        return new HeaderBlock(octets, fields, octets.Length, octets.Length < MaxBytes);
    }

    /// <summary>How many fields have this name.</summary>
    public int Count(ReadOnlySpan<byte> name)
    {
        var count = 0;
        foreach (var field in _fields)
        {
            if (HasName(field, name))
                count++;
        }
        return count;
    }

    public bool Has(ReadOnlySpan<byte> name) => Count(name) > 0;

    /// <summary>The unfolded value of the first field with this name, or null.</summary>
    public string? First(ReadOnlySpan<byte> name)
    {
        foreach (var field in _fields)
        {
            if (HasName(field, name))
                return Unfold(field);
        }
        return null;
    }

    private bool HasName(Field field, ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(_octets.AsSpan(field.Start, field.NameLength), name);

    private string Unfold(Field field) =>
        Encoding.UTF8.GetString(_octets.AsSpan(field.ValueStart, field.End - field.ValueStart))
            .Replace("\r\n", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim();

    /// <summary>RFC 5322 §2.2.3: a line that starts with a blank continues the field.</summary>
    private static int EndOfField(byte[] octets, int start)
    {
        var at = start;
        while (true)
        {
            var newLine = octets.AsSpan(at).IndexOf((byte)'\n');
            if (newLine < 0)
                return octets.Length;
            at += newLine + 1;
            if (at >= octets.Length || octets[at] is not ((byte)' ' or (byte)'\t'))
                return at;
        }
    }

    /// <summary>Behind the empty line that ends a header; -1 where there is none past <paramref name="from"/>.</summary>
    private static int EndOf(ReadOnlySpan<byte> octets, int from)
    {
        var start = Math.Max(0, from - 3);
        var news = octets[start..];
        var ends = (Crlf: news.IndexOf("\n\r\n"u8), Lf: news.IndexOf("\n\n"u8));
        if (ends.Crlf < 0)
            return ends.Lf < 0 ? -1 : start + ends.Lf + 2;
        return ends.Lf >= 0 && ends.Lf < ends.Crlf ? start + ends.Lf + 2 : start + ends.Crlf + 3;
    }

    private static void Grow(ref byte[] octets, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(octets.Length * 4, MaxBytes));
        octets.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(octets);
        octets = larger;
    }

    private readonly record struct Field(int Start, int NameLength, int ValueStart, int End);
}
