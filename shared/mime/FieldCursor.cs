using System.Buffers;
using System.Text;

namespace MailMesh.Mime;

/// <summary>Reads the structured fields of RFC 2045, 2183 and 3282, and forgives what real mail gets wrong.</summary>
internal ref struct FieldCursor(ReadOnlySpan<char> text)
{
    private const int MaxParameters = 100;
    private const int MaxLanguages = 100;

    /// <summary>RFC 2045 §5.1 tspecials, blanks and controls end a token.</summary>
    private static readonly SearchValues<char> TokenEnd = SearchValues.Create("()<>@,;:\\\"/[]?= \t\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\v\f\u000e\u000f\u007f");

    private ReadOnlySpan<char> _rest = text;

    /// <summary>The next token after blanks and comments; empty where none stands there.</summary>
    public ReadOnlySpan<char> ReadToken()
    {
        SkipComments();
        var end = _rest.IndexOfAny(TokenEnd);
        return Take(end < 0 ? _rest.Length : end);
    }

    public bool TryTake(char expected)
    {
        SkipComments();
        if (_rest.IsEmpty || _rest[0] != expected)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>RFC 3282 Content-Language: tokens divided by commas.</summary>
    public IReadOnlyList<string> ReadList()
    {
        var words = new List<string>();
        while (words.Count < MaxLanguages)
        {
            if (ReadToken() is { IsEmpty: false } word)
                words.Add(word.ToString());
            else if (!TryTake(','))
                break;
        }
        return words;
    }

    /// <summary>RFC 2045 §5.1 parameters to the field's end.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ReadParameters()
    {
        List<KeyValuePair<string, string>>? parameters = null;
        while (SkipToParameter() && (parameters?.Count ?? 0) < MaxParameters)
        {
            var name = ReadName();
            if (!TryTake('=') || name.IsEmpty)
                continue;
            SkipComments();
            (parameters ??= []).Add(new KeyValuePair<string, string>(MimeNames.Shared(name), ReadValue()));
        }
        return parameters ?? (IReadOnlyList<KeyValuePair<string, string>>)[];
    }

    private bool SkipToParameter()
    {
        SkipComments();
        while (!_rest.IsEmpty && _rest[0] is ';' or '=' or ',')
        {
            _rest = _rest[1..];
            SkipComments();
        }
        return !_rest.IsEmpty;
    }

    private ReadOnlySpan<char> ReadName()
    {
        var end = _rest.IndexOfAny("=; \t");
        return Take(end < 0 ? _rest.Length : end);
    }

    private string ReadValue()
    {
        if (!_rest.IsEmpty && _rest[0] == '"')
            return ReadQuoted();
        var end = _rest.IndexOf(';');
        var value = end < 0 ? _rest : _rest[..end];
        var blank = value.IndexOfAny(" \t");
        // A blank ends the value, unless what follows is neither a comment nor a parameter: an unquoted file name.
        if (blank >= 0 && value[blank..].IndexOfAny("=(") >= 0)
            value = value[..blank];
        _rest = _rest[value.Length..];
        return MimeNames.Shared(value.TrimEnd(" \t"));
    }

    private string ReadQuoted()
    {
        var inner = _rest[1..];
        var plain = inner.IndexOfAny("\"\\");
        if (plain >= 0 && inner[plain] == '"')
        {
            _rest = inner[(plain + 1)..];
            return MimeNames.Shared(inner[..plain]);
        }
        var value = new StringBuilder();
        var i = 0;
        for (; i < inner.Length && inner[i] != '"'; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length)
                i++;
            value.Append(inner[i]);
        }
        _rest = inner[Math.Min(i + 1, inner.Length)..];
        return value.ToString();
    }

    /// <summary>RFC 5322 §3.2.2 CFWS; an unclosed comment goes to the field's end.</summary>
    private void SkipComments()
    {
        _rest = _rest.TrimStart(" \t");
        while (!_rest.IsEmpty && _rest[0] == '(')
            _rest = _rest[CommentLength(_rest)..].TrimStart(" \t");
    }

    private static int CommentLength(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '(')
                depth++;
            else if (text[i] == ')' && --depth == 0)
                return i + 1;
        }
        return text.Length;
    }

    private ReadOnlySpan<char> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
