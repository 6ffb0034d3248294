using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 5322 §3.6.4: the Message-IDs of References, In-Reply-To and Message-ID, in the form in which RFC 5256 §3 compares them.</summary>
public static class MessageIds
{
    /// <summary>What is kept of References: the first, which names the thread, and as many of the last as fit. Most are a tenth of it.</summary>
    public const int MaxKeptLength = 8 * 1024;

    /// <summary>RFC 5322 §2.1.1: no line is longer, and no identifier folds.</summary>
    private const int MaxIdLength = 998;

    /// <summary>Message-IDs of References, or else the first of In-Reply-To, divided by one blank (RFC 5256 §3, REFERENCES, step 1).</summary>
    /// <param name="references">The unfolded field; null where there is none.</param>
    /// <param name="inReplyTo">The unfolded field; null where there is none.</param>
    public static string RefersTo(string? references, string? inReplyTo)
    {
        if (references is not null && Bounded([.. All(references)]) is { Length: > 0 } ids)
            return ids;
        return First(inReplyTo) ?? "";
    }

    /// <summary>The same, of a message that begins where the stream stands; not read past its header.</summary>
    /// <param name="inReplyTo">As the envelope has it.</param>
    public static string ReadRefersTo(Stream message, string? inReplyTo)
    {
        using var lines = new LineScanner(message);
        var fields = new HeaderFields(lines);
        while (fields.TryRead())
        {
            if (fields.IsNamed("References"))
                return RefersTo(HeaderOctets.GetString(fields.Value), inReplyTo);
        }
        return RefersTo(null, inReplyTo);
    }

    /// <summary>The first Message-ID in a field; null where there is none.</summary>
    public static string? First(string? field) => field is null ? null : All(field).FirstOrDefault();

    /// <summary>Every Message-ID in a field, without its angle brackets; what is none is passed by.</summary>
    public static IEnumerable<string> All(string field)
    {
        var comments = 0;
        for (var i = 0; i < field.Length; i++)
        {
            switch (field[i])
            {
                case '\\' when comments > 0:
                    i++;
                    break;
                case '(':
                    comments++;
                    break;
                case ')' when comments > 0:
                    comments--;
                    break;
                case '<' when comments == 0:
                    if (Read(field, i + 1, out var next) is { } id)
                        yield return id;
                    i = next - 1;
                    break;
            }
        }
    }

    private static string Bounded(List<string> ids)
    {
        var length = ids.Sum(id => id.Length + 1);
        // The oldest after the first tell the least: a reader has those between them and the last from the messages there.
        var dropped = 0;
        while (length > MaxKeptLength && dropped < ids.Count - 1)
            length -= ids[++dropped].Length + 1;
        if (dropped > 0)
            ids.RemoveRange(1, dropped);
        return string.Join(' ', ids);
    }

    /// <summary>An identifier up to its '&gt;'; the quotes of a quoted local part are taken off (RFC 5256 §3: compared without them).</summary>
    /// <param name="next">After the identifier; where it is none, after what shows that.</param>
    private static string? Read(string field, int start, out int next)
    {
        var id = new StringBuilder();
        var quoted = false;
        var at = -1;
        for (next = start; next < field.Length; next++)
        {
            var c = field[next];
            if (quoted && c == '\\' && next + 1 < field.Length)
                id.Append(Plain(field[++next]));
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c == '>')
                return Ended(id, at, ref next);
            else if (!quoted && c == '<')
                return null; // begins another
            else if (!quoted && c is ' ' or '\t')
                continue; // obsolete syntax allows blanks around atoms
            else
            {
                if (!quoted && c == '@')
                    at = id.Length;
                id.Append(Plain(c));
            }
            if (id.Length > MaxIdLength)
                return null;
        }
        return null;
    }

    private static string? Ended(StringBuilder id, int at, ref int next)
    {
        next++;
        return at > 0 && at < id.Length - 1 ? id.ToString() : null;
    }

    /// <summary>A blank would divide what is kept; an octet that is not UTF-8 can be kept nowhere.</summary>
    private static char Plain(char c) => c switch
    {
        ' ' or '\t' => '_',
        _ when char.IsControl(c) => '_',
        _ when char.IsSurrogate(c) => '\uFFFD',
        _ => c,
    };
}
