using System.Globalization;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4315 §4 uid-set: UIDs as ranges, in the order in which they stand.</summary>
internal static class UidSet
{
    public static string Format(IEnumerable<long> uids) => Format(Ranges(uids));

    /// <summary>Ranges divided by commas.</summary>
    public static string Format(IEnumerable<SequenceSet.Range> ranges)
    {
        var text = new StringBuilder();
        foreach (var (first, last) in ranges)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
                text.Append(CultureInfo.InvariantCulture, $":{last}");
        }
        return text.ToString();
    }

    /// <summary>Each run of numbers that follow one another as one range.</summary>
    public static IEnumerable<SequenceSet.Range> Ranges(IEnumerable<long> uids)
    {
        SequenceSet.Range? run = null;
        foreach (var uid in uids)
        {
            if (run is { } open && open.Last + 1L == uid)
            {
                run = open with { Last = (uint)uid };
                continue;
            }
            if (run is { } ended)
                yield return ended;
            run = new SequenceSet.Range((uint)uid, (uint)uid);
        }
        if (run is { } last)
            yield return last;
    }
}
