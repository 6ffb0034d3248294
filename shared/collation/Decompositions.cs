using System.Globalization;

namespace MailMesh.Collation;

/// <summary>Unicode's decompositions of Normalization Form KD, whole ones, Hangul aside.</summary>
internal static class Decompositions
{
    /// <summary>CJK ideographs, which make most of the text that is not ASCII, have none.</summary>
    private const int FirstIdeograph = 0x3400;

    private const int LastIdeograph = 0x9FFF;

    private static readonly int[] Codes;

    /// <summary>For each code, where its decomposition begins; one more at the end.</summary>
    private static readonly int[] Starts;

    private static readonly int[] Parts;

    static Decompositions()
    {
        var (codes, starts, parts) = (new List<int>(), new List<int>(), new List<int>());
        using var resource = typeof(Decompositions).Assembly.GetManifestResourceStream("decompositions.txt")!;
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            starts.Add(parts.Count);
            var numbers = line.Split(' ');
            codes.Add(Hex(numbers[0]));
            parts.AddRange(numbers.Skip(1).Select(Hex));
        }
        starts.Add(parts.Count);
        (Codes, Starts, Parts) = ([.. codes], [.. starts], [.. parts]);
    }

    /// <summary>The code points of which the character consists; empty where it is its own.</summary>
    public static ReadOnlySpan<int> Of(int code)
    {
        if (code is >= FirstIdeograph and <= LastIdeograph || Array.BinarySearch(Codes, code) is not (>= 0 and var index))
            return [];
        return Parts.AsSpan(Starts[index], Starts[index + 1] - Starts[index]);
    }

    private static int Hex(string number) => int.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
