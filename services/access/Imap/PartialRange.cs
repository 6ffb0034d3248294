namespace MailMesh.Access.Imap;

/// <summary>RFC 9394 §3 partial-range: results by their place, from the first or, as -1:-100, from the last.</summary>
/// <param name="First">From 1, and no larger than <paramref name="Last"/>: 500:400 is 400:500.</param>
/// <param name="FromEnd">1 is the last result.</param>
internal sealed record PartialRange(uint First, uint Last, bool FromEnd)
{
    /// <summary>How PARTIAL of an ESEARCH reply repeats it: the smaller number first, as other servers do and test scripts expect.</summary>
    public string Text => FromEnd ? $"-{First}:-{Last}" : $"{First}:{Last}";

    public static PartialRange Parse(ref ImapScanner scanner)
    {
        var fromEnd = scanner.Take('-');
        var from = scanner.NonZeroNumber();
        scanner.Expect(':');
        if (fromEnd)
            scanner.Expect('-');
        var to = scanner.NonZeroNumber();
        return new PartialRange(Math.Min(from, to), Math.Max(from, to), fromEnd);
    }

    /// <summary>The part of a list of <paramref name="count"/> results in ascending order: index of its first, and how many.</summary>
    public (int Start, int Count) Of(int count)
    {
        var first = Math.Min(First - 1, (long)count);
        var next = Math.Min(Last, (long)count);
        return FromEnd ? ((int)(count - next), (int)(next - first)) : ((int)first, (int)(next - first));
    }
}
