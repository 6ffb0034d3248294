using System.Buffers;
using System.Globalization;
using System.Text;
using MailMesh.Collation;

namespace MailMesh.Search;

/// <summary>
/// The tokens of a text: words, folded by <see cref="UnicodeCasemap"/> and without accents; of Chinese and Japanese, which put no blanks between words,
/// each two characters that stand together, and the last of a run alone.
/// </summary>
/// <param name="ofQuery">The text is looked for, not kept: the last of a run alone would say nothing more.</param>
public sealed class TextTokens(bool ofQuery = false)
{
    /// <summary>Different tokens of a text: ten novels' worth of words.</summary>
    public const int MaxTokens = 50_000;

    /// <summary>Their octets in UTF-8: PostgreSQL takes 1 MiB for all of a row.</summary>
    public const int MaxOctets = 400_000;

    /// <summary>Characters of a word that tell it from others; what is longer is no word.</summary>
    public const int MaxLength = 40;

    /// <summary>Characters of words in most mail, as they are after folding: taken by the run, and not one by one.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<char> _folded = new();

    /// <summary>The word at hand; a pair of surrogates may be its last character.</summary>
    private readonly char[] _word = new char[MaxLength + 1];

    private int _length;

    /// <summary>The character of a run before the last, and the last, which marks may still follow.</summary>
    private string? _before;

    private string? _unit;
    private bool _hasPair;
    private int _octets;

    public IReadOnlySet<string> Tokens => _tokens;

    public bool IsFull => _tokens.Count >= MaxTokens || _octets >= MaxOctets;

    public static IReadOnlySet<string> Of(string text)
    {
        var tokens = new TextTokens();
        tokens.Add(text);
        tokens.End();
        return tokens.Tokens;
    }

    /// <summary>Takes a piece of a text; words go on from one piece to the next.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        _folded.ResetWrittenCount();
        UnicodeCasemap.Fold(text, _folded);
        for (var rest = _folded.WrittenSpan; !rest.IsEmpty;)
        {
            var plain = rest.IndexOfAnyExcept(Plain) is var end and >= 0 ? end : rest.Length;
            if (plain > 0)
            {
                TakePlain(rest[..plain]);
                rest = rest[plain..];
                continue;
            }
            // A lone surrogate is U+FFFD from here on.
            Rune.DecodeFromUtf16(rest, out var rune, out var length);
            Take(rune);
            rest = rest[length..];
        }
    }

    /// <summary>Ends the word.</summary>
    public void End()
    {
        EndWord();
        EndRun();
    }

    private void TakePlain(ReadOnlySpan<char> characters)
    {
        EndRun();
        var taken = characters[..Math.Clamp(MaxLength - _length, 0, characters.Length)];
        taken.CopyTo(_word.AsSpan(_length));
        _length += taken.Length;
    }

    private void Take(Rune rune)
    {
        if (rune.Value is >= 0x300 and <= 0x36F)
            return; // accents
        if (rune.Value is 0x3099 or 0x309A && _unit is not null)
        {
            _unit += rune.ToString(); // a voiced kana is one character
            return;
        }
        if (IsIdeographic(rune.Value))
        {
            EndWord();
            Pair();
            _unit = rune.ToString();
        }
        else if (IsOfWord(rune))
        {
            EndRun();
            if (_length < MaxLength)
                _length += rune.EncodeToUtf16(_word.AsSpan(_length));
        }
        else
        {
            End();
        }
    }

    private void EndWord()
    {
        if (_length == 0)
            return;
        Keep(_word.AsSpan(0, _length));
        _length = 0;
    }

    /// <summary>What came before is a unit whose marks are complete: it makes a pair with the one before it.</summary>
    private void Pair()
    {
        if (_unit is null)
            return;
        if (_before is not null)
        {
            Keep(_before + _unit);
            _hasPair = true;
        }
        _before = _unit;
        _unit = null;
    }

    private void EndRun()
    {
        if (_unit is null)
            return;
        Pair();
        if (!ofQuery || !_hasPair)
            Keep(_before!);
        (_before, _hasPair) = (null, false);
    }

    /// <summary>Most words of a text come again: for those no string is made.</summary>
    private void Keep(ReadOnlySpan<char> token)
    {
        if (!IsFull && _tokens.GetAlternateLookup<ReadOnlySpan<char>>().Add(token))
            _octets += Encoding.UTF8.GetByteCount(token);
    }

    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) ||
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Han, kana and bopomofo. Hangul has blanks between words.</summary>
    private static bool IsIdeographic(int code) => code is 0x3005 or 0x3006 or 0x3007 or (>= 0x3041 and <= 0x3096) or (>= 0x309D and <= 0x309F)
        or (>= 0x30A1 and <= 0x30FA) or (>= 0x30FC and <= 0x30FF) or (>= 0x3105 and <= 0x312F) or (>= 0x31A0 and <= 0x31BF) or (>= 0x31F0 and <= 0x31FF)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
