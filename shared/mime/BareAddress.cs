using System.Text;

namespace MailMesh.Mime;

/// <summary>Words of an address list while it is not known yet whether they are a name or an address: gathers both readings.</summary>
internal sealed class BareAddress
{
    private readonly StringBuilder _phrase = new();
    private readonly StringBuilder _spec = new();
    private bool _blank;
    private bool _isQuoted;
    private int _at = -1;
    private int _localStart;
    private int _end = -1;

    public bool IsEmpty => _phrase.Length == 0 && !_isQuoted;

    public bool HasAt => _at >= 0;

    /// <summary>The words as a display name: quoting removed, one blank between words.</summary>
    public string Phrase => _phrase.ToString();

    public void Clear()
    {
        _phrase.Clear();
        _spec.Clear();
        _blank = false;
        _isQuoted = false;
        _at = -1;
        _localStart = 0;
        _end = -1;
    }

    public void Blank() => _blank = true;

    public void Append(ReadOnlySpan<char> word)
    {
        var isGap = Divide(word[0] is '.' or '@');
        _phrase.Append(word);
        if (!TakesSpec(isGap))
            return;
        if (word.LastIndexOf('@') is >= 0 and var at)
            _at = _spec.Length + at;
        _spec.Append(word);
    }

    public void AppendQuoted(string content)
    {
        var isGap = Divide(joins: false);
        _isQuoted = true;
        _phrase.Append(content);
        if (TakesSpec(isGap))
            _spec.Append(content);
    }

    public void AppendLiteral(ReadOnlySpan<char> literal)
    {
        Divide(joins: true);
        _phrase.Append(literal);
        if (_end < 0)
            _spec.Append(literal);
    }

    /// <summary>What stood between two commas: an address, or at least something to show.</summary>
    public EnvelopeAddress? Build(string? comment)
    {
        if (IsEmpty)
            return null;
        if (HasAt)
            return BuildSpec(_localStart > 0 ? _spec.ToString(0, _localStart).TrimEnd(' ') : comment, route: null);
        var phrase = Phrase;
        return _isQuoted || phrase.Contains(' ', StringComparison.Ordinal)
            ? new EnvelopeAddress(phrase, null, EnvelopeAddress.MissingMailbox, EnvelopeAddress.MissingHost)
            : new EnvelopeAddress(NullIfEmpty(comment), null, phrase, EnvelopeAddress.MissingHost);
    }

    /// <summary>The words as addr-spec.</summary>
    public EnvelopeAddress BuildSpec(string? name, string? route)
    {
        var end = _end < 0 ? _spec.Length : _end;
        var local = HasAt ? _spec.ToString(_localStart, _at - _localStart) : _spec.ToString(0, end);
        var host = HasAt ? _spec.ToString(_at + 1, end - _at - 1) : "";
        return new EnvelopeAddress(
            NullIfEmpty(name), route, local.Length > 0 ? local : EnvelopeAddress.MissingMailbox, host.Length > 0 ? host : EnvelopeAddress.MissingHost);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>Puts the blank between two words of the name; true where it divides words of an address too, which joins round '.' and '@'.</summary>
    private bool Divide(bool joins)
    {
        var blank = _blank && !IsEmpty;
        _blank = false;
        if (!blank)
            return false;
        _phrase.Append(' ');
        return !joins && _spec.Length > 0 && _spec[^1] is not ('.' or '@');
    }

    /// <summary>A gap before the '@' starts the local-part anew, one after it ends the domain.</summary>
    private bool TakesSpec(bool isGap)
    {
        if (isGap && HasAt && _end < 0)
            _end = _spec.Length;
        if (_end >= 0)
            return false;
        if (isGap)
        {
            _spec.Append(' ');
            _localStart = _spec.Length;
        }
        return true;
    }
}
