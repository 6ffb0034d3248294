using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 5256 §2.1: a subject without what replying and forwarding added to it.</summary>
/// <param name="Text">The base subject; empty where nothing else was there.</param>
/// <param name="IsReply">Something that marks a reply or a forwarded message was taken off.</param>
public readonly record struct BaseSubject(string Text, bool IsReply)
{
    /// <summary>No header is longer than the index keeps; past it the steps below would take time by the square of the length.</summary>
    private const int MaxLength = 4096;

    /// <param name="subject">As the envelope has it; null where there is none.</param>
    public static BaseSubject Of(string? subject)
    {
        if (string.IsNullOrEmpty(subject))
            return new BaseSubject("", false);
        var decoded = MessageText.Decode(subject);
        var text = Spaced(decoded.Length > MaxLength ? decoded.AsSpan(0, MaxLength) : decoded).AsSpan();
        var isReply = false;
        do
        {
            isReply |= TrimTrailers(ref text);
            isReply |= TrimLeaders(ref text);
        }
        while (TrimForward(ref text, ref isReply));
        return new BaseSubject(text.ToString(), isReply);
    }

    /// <summary>Step 1: tabs and line ends are blanks, and several blanks one.</summary>
    private static string Spaced(ReadOnlySpan<char> subject)
    {
        var spaced = new StringBuilder(subject.Length);
        foreach (var c in subject)
        {
            if (c is not (' ' or '\t' or '\r' or '\n'))
                spaced.Append(c);
            else if (spaced.Length == 0 || spaced[^1] != ' ')
                spaced.Append(' ');
        }
        return spaced.ToString();
    }

    /// <summary>Step 2: subj-trailer = "(fwd)" / WSP.</summary>
    private static bool TrimTrailers(ref ReadOnlySpan<char> text)
    {
        var found = false;
        while (true)
        {
            text = text.TrimEnd(' ');
            if (!text.EndsWith("(fwd)", StringComparison.OrdinalIgnoreCase))
                return found;
            text = text[..^5];
            found = true;
        }
    }

    /// <summary>Steps 3 to 5: subj-leader = (*subj-blob subj-refwd) / WSP; then one subj-blob, unless nothing is left then.</summary>
    private static bool TrimLeaders(ref ReadOnlySpan<char> text)
    {
        var found = false;
        while (true)
        {
            text = text.TrimStart(' ');
            if (LeaderLength(text) is > 0 and var leader)
            {
                text = text[leader..];
                found = true;
            }
            else if (BlobLength(text) is > 0 and var blob && blob < text.Length)
            {
                text = text[blob..];
            }
            else
            {
                return found;
            }
        }
    }

    /// <summary>Step 6: subj-fwd = "[fwd:" subject "]".</summary>
    private static bool TrimForward(ref ReadOnlySpan<char> text, ref bool isReply)
    {
        if (text.Length < 6 || text[^1] != ']' || !text.StartsWith("[fwd:", StringComparison.OrdinalIgnoreCase))
            return false;
        text = text[5..^1];
        isReply = true;
        return true;
    }

    /// <summary>Blobs, and then subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"; 0 where there is none.</summary>
    private static int LeaderLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (BlobLength(text[length..]) is > 0 and var blob)
            length += blob;
        var rest = text[length..];
        var word = rest.StartsWith("re", StringComparison.OrdinalIgnoreCase) ? 2
            : rest.StartsWith("fwd", StringComparison.OrdinalIgnoreCase) ? 3
            : rest.StartsWith("fw", StringComparison.OrdinalIgnoreCase) ? 2
            : 0;
        if (word == 0)
            return 0;
        length += word;
        if (length < text.Length && text[length] == ' ')
            length++;
        length += BlobLength(text[length..]);
        return length < text.Length && text[length] == ':' ? length + 1 : 0;
    }

    /// <summary>subj-blob = "[" *BLOBCHAR "]" *WSP; BLOBCHAR is anything but brackets. 0 where there is none.</summary>
    private static int BlobLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != '[')
            return 0;
        var end = text[1..].IndexOfAny('[', ']');
        if (end < 0 || text[end + 1] != ']')
            return 0;
        var length = end + 2;
        return length < text.Length && text[length] == ' ' ? length + 1 : length;
    }
}
