using System.Net;
using System.Text;

namespace MailMesh.Mime;

/// <summary>The text of an HTML part, a character at a time: no tags, comments, styles and scripts; references decoded.</summary>
/// <param name="put">Takes each character of the text.</param>
internal sealed class HtmlText(Action<char> put)
{
    /// <summary>Longest name of an element or reference that is looked at.</summary>
    private const int MaxName = 16;

    private readonly StringBuilder _name = new(MaxName);
    private State _state = State.Text;
    private string? _hidden;
    private char _before;
    private char _quote;
    private int _dashes;

    private enum State
    {
        Text,

        /// <summary>Behind '&lt;'.</summary>
        TagName,
        Tag,

        /// <summary>Within the quotes of an attribute, which may hold '&gt;'.</summary>
        Quoted,

        /// <summary>Within a comment, which '--&gt;' ends.</summary>
        Comment,

        /// <summary>Behind '&amp;'.</summary>
        Reference,
    }

    public void Take(char c)
    {
        switch (_state)
        {
            case State.Text when c == '<':
                Enter(State.TagName);
                break;
            case State.Text when c == '&' && _hidden is null:
                Enter(State.Reference);
                break;
            case State.Text when _hidden is null:
                put(c);
                break;
            case State.TagName:
                TakeTagName(c);
                break;
            case State.Tag when c == '>':
                EndTag();
                break;
            case State.Tag:
                if (c is '"' or '\'' && _before == '=')
                    (_state, _quote) = (State.Quoted, c);
                _before = c;
                break;
            case State.Quoted when c == _quote:
                _state = State.Tag;
                break;
            case State.Comment:
                TakeComment(c);
                break;
            case State.Reference:
                TakeReference(c);
                break;
        }
    }

    private void Enter(State state)
    {
        _state = state;
        _name.Clear();
    }

    private void TakeTagName(char c)
    {
        if (char.IsAsciiLetterOrDigit(c) || (c is '/' or '!' or '-' && _name.Length < 4))
        {
            if (_name.Length < MaxName)
                _name.Append(char.ToLowerInvariant(c));
            if (_name.Length == 3 && _name.ToString() == "!--")
                (_state, _dashes) = (State.Comment, 0);
        }
        else if (_name.Length == 0)
        {
            // '<' of a text that encodes nothing, such as 'a < b'.
            _state = State.Text;
            PutHidden('<');
            PutHidden(c);
        }
        else if (c == '>')
        {
            EndTag();
        }
        else
        {
            (_state, _before) = (State.Tag, c);
        }
    }

    private void EndTag()
    {
        _state = State.Text;
        var name = _name.ToString();
        if (_hidden is not null)
            _hidden = name == "/" + _hidden ? null : _hidden;
        else if (name is "style" or "script" or "title" or "head")
            _hidden = name;
        // Inline elements divide no words.
        if (name.TrimStart('/') is not ("b" or "i" or "u" or "em" or "strong" or "span" or "a" or "font" or "small" or "big" or "sub" or "sup" or "code" or "wbr"))
            PutHidden(' ');
    }

    private void TakeComment(char c)
    {
        if (c == '>' && _dashes >= 2)
            _state = State.Text;
        _dashes = c == '-' ? _dashes + 1 : 0;
    }

    private void TakeReference(char c)
    {
        if ((char.IsAsciiLetterOrDigit(c) || (c == '#' && _name.Length == 0)) && _name.Length < MaxName)
        {
            _name.Append(c);
            return;
        }
        _state = State.Text;
        var reference = $"&{_name};";
        var decoded = WebUtility.HtmlDecode(reference);
        foreach (var character in decoded == reference && c != ';' ? $"&{_name}" : decoded)
            put(character);
        if (c != ';')
            Take(c);
    }

    private void PutHidden(char c)
    {
        if (_hidden is null)
            put(c);
    }
}
