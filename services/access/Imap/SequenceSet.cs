namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §9 sequence-set: message numbers or UIDs, with * for the largest in use.</summary>
internal sealed class SequenceSet
{
    public const uint Largest = uint.MaxValue;

    /// <summary>Stands for * until the mailbox is known.</summary>
    private const uint Star = 0;

    /// <summary>A line holds no more ranges than this; past it the set is refused.</summary>
    private const int MaxRanges = 20_000;

    private readonly List<Range> _ranges;

    private SequenceSet(List<Range> ranges) => _ranges = ranges;

    /// <summary>RFC 5182 §2.1: the set is $, whose messages the session knows.</summary>
    public bool IsSaved => _ranges.Count == 0;

    /// <summary>Which messages it holds changes as others come: * is in it, and not as the end of all.</summary>
    public bool MovesWithLargest => _ranges.Exists(range => (range.First == Star || range.Last == Star) && range.First != 1 && range.Last != 1);

    public static SequenceSet Parse(ref ImapScanner scanner)
    {
        // RFC 5182 §5: $ stands alone.
        if (scanner.Take('$'))
            return new SequenceSet([]);
        var ranges = new List<Range>();
        do
        {
            var first = Value(ref scanner);
            var last = scanner.Take(':') ? Value(ref scanner) : first;
            ranges.Add(new Range(first, last));
            if (ranges.Count > MaxRanges)
                scanner.Fail("Too many ranges");
        }
        while (scanner.Take(','));
        return new SequenceSet(ranges);
    }

    /// <summary>The set as ascending ranges that do not touch, with * resolved; 4:2 is 2:4.</summary>
    /// <param name="largest">What * stands for.</param>
    public IReadOnlyList<Range> Resolve(uint largest)
    {
        var resolved = _ranges.ConvertAll(range => Ordered(range, largest));
        resolved.Sort((a, b) => a.First.CompareTo(b.First));
        var merged = new List<Range>(resolved.Count);
        foreach (var range in resolved)
        {
            if (merged.Count > 0 && range.First <= (long)merged[^1].Last + 1)
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            else
                merged.Add(range);
        }
        return merged;
    }

    /// <summary>* stands in it.</summary>
    public bool HasLargest => _ranges.Exists(range => range.First == Star || range.Last == Star);

    /// <summary>Every number of the set as it was written, one after the other; without *.</summary>
    public IEnumerable<uint> Numbers()
    {
        foreach (var (first, last) in _ranges)
        {
            for (long number = Math.Min(first, last); number <= Math.Max(first, last); number++)
                yield return (uint)number;
        }
    }

    /// <summary>The number is in one of the ranges.</summary>
    /// <param name="ranges">As <see cref="Resolve"/> gives them.</param>
    public static bool Contains(IReadOnlyList<Range> ranges, long number)
    {
        int low = 0, high = ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Last < number)
                low = middle + 1;
            else if (ranges[middle].First > number)
                high = middle - 1;
            else
                return true;
        }
        return false;
    }

    private static Range Ordered(Range range, uint largest)
    {
        var first = range.First == Star ? largest : range.First;
        var last = range.Last == Star ? largest : range.Last;
        return first <= last ? new Range(first, last) : new Range(last, first);
    }

    private static uint Value(ref ImapScanner scanner) => scanner.Take('*') ? Star : scanner.NonZeroNumber();

    /// <summary>Both ends belong to the range.</summary>
    internal readonly record struct Range(uint First, uint Last);
}
