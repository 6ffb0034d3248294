using System.Globalization;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4315 §4 uid-set: UIDs as ranges, in the order in which they stand.</summary>
internal static class UidSet
{
    public static string Format(IReadOnlyList<long> uids)
    {
        var text = new StringBuilder();
        for (var i = 0; i < uids.Count;)
        {
            var end = i;
            while (end + 1 < uids.Count && uids[end + 1] == uids[end] + 1)
                end++;
            if (text.Length > 0)
                text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{uids[i]}");
            if (end > i)
                text.Append(CultureInfo.InvariantCulture, $":{uids[end]}");
            i = end + 1;
        }
        return text.ToString();
    }
}
