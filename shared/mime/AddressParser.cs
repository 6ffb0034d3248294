using System.Buffers;
using System.Text;

namespace MailMesh.Mime;

/// <summary>Reads RFC 5322 §3.4 address lists into RFC 3501 address structures, obsolete forms included; nothing is unreadable.</summary>
/// <param name="maxAddresses">Addresses that this parser gives in its life.</param>
internal sealed class AddressParser(int maxAddresses)
{
    /// <summary>Addresses of one field.</summary>
    public const int MaxAddressesPerField = 1000;

    private static readonly SearchValues<char> WordEnd = SearchValues.Create(" \t(\",<;:[");

    private readonly BareAddress _bare = new();
    private readonly StringBuilder _quoted = new();
    private string _text = "";
    private int _at;
    private int _lastAngle;
    private int _left = maxAddresses;
    private bool _inGroup;
    private string? _comment;

    public void Parse(string field, List<EnvelopeAddress> addresses)
    {
        _text = field;
        _at = 0;
        _lastAngle = field.LastIndexOf('>');
        _inGroup = false;
        while (_at < _text.Length && _left > 0 && addresses.Count < MaxAddressesPerField)
        {
            _comment = null;
            if (ReadAddress() is not { } address)
                continue;
            addresses.Add(address);
            _left--;
        }
        if (_inGroup)
            addresses.Add(EnvelopeAddress.GroupEnd);
    }

    /// <summary>One address, group start or group end; null for an empty place in the list.</summary>
    private EnvelopeAddress? ReadAddress()
    {
        _bare.Clear();
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case '<':
                    return ReadAngle();
                case ',':
                    _at++;
                    return _bare.Build(_comment);
                case ';':
                    return EndGroup();
                case ':' when !_inGroup && _bare is { IsEmpty: false, HasAt: false }:
                    _at++;
                    _inGroup = true;
                    return new EnvelopeAddress(null, null, _bare.Phrase, null);
                default:
                    ReadWord();
                    break;
            }
        }
        return _bare.Build(_comment);
    }

    /// <summary>A ';' ends a group; outside of one it divides addresses, as some clients write it.</summary>
    private EnvelopeAddress? EndGroup()
    {
        if (_bare.IsEmpty && _inGroup)
        {
            _at++;
            _inGroup = false;
            return EnvelopeAddress.GroupEnd;
        }
        if (!_inGroup)
            _at++; // of a group it stays, for the next call
        return _bare.Build(_comment);
    }

    private void ReadWord()
    {
        switch (_text[_at])
        {
            case ' ' or '\t':
                _at++;
                _bare.Blank();
                break;
            case '(':
                _comment = ReadComment();
                _bare.Blank();
                break;
            case '"':
                _bare.AppendQuoted(ReadQuoted());
                break;
            case '[' when _bare.HasAt:
                _bare.AppendLiteral(ReadLiteral());
                break;
            default:
                var length = _text.AsSpan(_at + 1).IndexOfAny(WordEnd) + 1;
                if (length == 0)
                    length = _text.Length - _at;
                _bare.Append(_text.AsSpan(_at, length));
                _at += length;
                break;
        }
    }

    /// <summary>angle-addr, with the name that stands before it or in a comment after it.</summary>
    private EnvelopeAddress ReadAngle()
    {
        var name = _bare.IsEmpty ? null : _bare.Phrase;
        var isClosed = _at <= _lastAngle;
        _at++;
        _bare.Clear();
        var route = ReadRoute();
        while (_at < _text.Length && _text[_at] != '>' && (isClosed || _text[_at] is not (',' or ';')))
        {
            if (_text[_at] is ',' or ';' or ':' or '<')
                _bare.Append(_text.AsSpan(_at++, 1));
            else
                ReadAngleWord();
        }
        if (_at < _text.Length && _text[_at] == '>')
            _at++;
        _comment = name is null ? _comment : null;
        SkipToNext();
        return _bare.BuildSpec(string.IsNullOrEmpty(name) ? _comment : name, route);
    }

    private void ReadAngleWord()
    {
        var close = _text.IndexOf('>', _at);
        if (_text[_at] is ' ' or '\t' or '(' or '"' or '[' || close < 0)
        {
            ReadWord();
            return;
        }
        var word = _text.AsSpan(_at, close - _at);
        var end = word[1..].IndexOfAny(WordEnd);
        var length = end < 0 ? word.Length : end + 1;
        _bare.Append(word[..length]);
        _at += length;
    }

    /// <summary>RFC 5322 §4.4 obs-route: '@a,@b:' before the address.</summary>
    private string? ReadRoute()
    {
        var rest = _text.AsSpan(_at);
        var close = rest.IndexOf('>');
        var inner = close < 0 ? rest : rest[..close];
        var colon = inner.IndexOf(':');
        if (colon < 0 || inner.TrimStart(" \t") is not ['@', ..])
            return null;
        _at += colon + 1;
        return inner[..colon].Trim(" \t").ToString();
    }

    private void SkipToNext()
    {
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case ',':
                    _at++;
                    return;
                case ';' when !_inGroup:
                    _at++;
                    return;
                case ';' or '<':
                    return;
                case '(':
                    _comment = ReadComment();
                    break;
                case '"':
                    ReadQuoted();
                    break;
                default:
                    _at++;
                    break;
            }
        }
    }

    private string ReadQuoted()
    {
        _quoted.Clear();
        for (_at++; _at < _text.Length && _text[_at] != '"'; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
                _at++;
            _quoted.Append(_text[_at]);
        }
        _at = Math.Min(_at + 1, _text.Length);
        return _quoted.ToString();
    }

    private string ReadComment()
    {
        _quoted.Clear();
        var depth = 0;
        for (; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '(' && depth++ == 0)
                continue;
            if (c == ')' && --depth == 0)
                break;
            if (c == '\\' && _at + 1 < _text.Length)
                c = _text[++_at];
            _quoted.Append(c);
        }
        _at = Math.Min(_at + 1, _text.Length);
        return _quoted.ToString().Trim(' ', '\t');
    }

    private ReadOnlySpan<char> ReadLiteral()
    {
        var close = _text.IndexOf(']', _at);
        var literal = close < 0 ? _text.AsSpan(_at) : _text.AsSpan(_at, close + 1 - _at);
        _at += literal.Length;
        return literal;
    }
}
