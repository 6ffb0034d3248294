using System.Text;

namespace MailMesh.Mime;

/// <summary>Gathers the words of a text up to a preview's length: blanks become one, HTML its text alone.</summary>
internal sealed class PreviewText(bool isHtml)
{
    private readonly StringBuilder _text = new(MessagePreview.MaxCharacters + 32);
    private HtmlText? _html;
    private int _characters;
    private bool _blank;

    public bool IsFull => _characters >= MessagePreview.MaxCharacters;

    public void Add(ReadOnlySpan<char> piece)
    {
        foreach (var c in piece)
        {
            if (IsFull && !char.IsLowSurrogate(c))
                return;
            if (isHtml)
                (_html ??= new HtmlText(Put)).Take(c);
            else
                Put(c);
        }
    }

    public override string ToString() => _text.ToString();

    private void Put(char c)
    {
        // The second half of a character counts with the first.
        if (char.IsLowSurrogate(c) && _text.Length > 0 && char.IsHighSurrogate(_text[^1]))
        {
            _text.Append(c);
            return;
        }
        if (IsFull)
            return;
        // Newsletters fill their preview with characters that show nothing.
        if (c is '\u00AD' or '\u034F' or '\u061C' or '\u115F' or '\u1160' or '\u17B4' or '\u17B5' or (>= '\u200B' and <= '\u200F') or (>= '\u2060' and <= '\u2064') or '\uFEFF')
            return;
        if (char.IsWhiteSpace(c) || char.IsControl(c))
        {
            _blank = _text.Length > 0;
            return;
        }
        if (_blank)
        {
            _blank = false;
            _text.Append(' ');
            _characters++;
            if (IsFull)
            {
                _text.Length--;
                return;
            }
        }
        _text.Append(c);
        _characters++;
    }
}
