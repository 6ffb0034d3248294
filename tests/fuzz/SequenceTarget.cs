using MailMesh.Access.Imap;

namespace MailMesh.Fuzz;

/// <summary>A sequence set: what it resolves to is ascending and divided, and holds what a slow look at each range holds.</summary>
internal static class SequenceTarget
{
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var scanner = new ImapScanner(input.AsSpan(1));
        var set = SequenceSet.Parse(ref scanner);
        if (scanner.Failed || set.IsSaved)
            return;
        var largest = (uint)input[0];
        var resolved = set.Resolve(largest);
        BrokenPromiseException.Unless(resolved.Count > 0, "A set has a range.");
        for (var i = 0; i < resolved.Count; i++)
        {
            BrokenPromiseException.Unless(resolved[i].First <= resolved[i].Last, "A range is ascending.");
            BrokenPromiseException.Unless(i == 0 || resolved[i].First > (long)resolved[i - 1].Last + 1, "Ranges do not touch.");
        }
        var written = System.Text.Encoding.ASCII.GetString(input, 1, scanner.Position).Split(',').Select(range => Bounds(range, largest)).ToList();
        foreach (var number in written.SelectMany(bounds => new[] { bounds.First, bounds.Last, bounds.First + 1, bounds.Last - 1, bounds.Last + 1 }))
        {
            var isIn = written.Exists(bounds => number >= bounds.First && number <= bounds.Last);
            BrokenPromiseException.Unless(SequenceSet.Contains(resolved, number) == isIn, $"{number} is {(isIn ? "" : "not ")}in the set.");
        }
    }

    private static (long First, long Last) Bounds(string range, uint largest)
    {
        var ends = range.Split(':').Select(end => end == "*" ? largest : long.Parse(end, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return (Math.Min(ends[0], ends[^1]), Math.Max(ends[0], ends[^1]));
    }
}
