using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>
/// Reads the tokens of RFC 3501 §9 from one whole command, in which a literal stands as {n} CRLF and its octets.
/// Does no I/O. The first error sticks: every later read gives a default, and <see cref="Error"/> says what was wrong.
/// </summary>
/// <param name="isUtf8">The client enabled UTF-8 (RFC 6855 §3): mailbox names are UTF-8, not modified UTF-7.</param>
internal ref struct ImapScanner(ReadOnlySpan<byte> command, bool isUtf8 = false)
{
    // RFC 3501 §9: ATOM-CHAR is any CHAR but ( ) { SP CTL % * " \ ].
    private const string Atom = "!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[^_`abcdefghijklmnopqrstuvwxyz|}~";

    private static readonly SearchValues<byte> AtomChars = SearchValues.Create(Encoding.ASCII.GetBytes(Atom));
    private static readonly SearchValues<byte> AstringChars = SearchValues.Create(Encoding.ASCII.GetBytes(Atom + "]"));
    private static readonly SearchValues<byte> TagChars = SearchValues.Create(Encoding.ASCII.GetBytes((Atom + "]").Replace("+", "", StringComparison.Ordinal)));
    private static readonly SearchValues<byte> ListChars = SearchValues.Create(Encoding.ASCII.GetBytes(Atom + "]%*"));

    private static readonly SearchValues<byte> WordChars = SearchValues.Create("0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private readonly ReadOnlySpan<byte> _octets = command;
    private int _position;

    /// <summary>What was wrong first; null while nothing was.</summary>
    public string? Error { get; private set; }

    public readonly bool Failed => Error is not null;

    public readonly bool AtEnd => Failed || _position >= _octets.Length;

    /// <summary>The octet ahead; 0 at the end.</summary>
    public readonly byte Ahead => AtEnd ? (byte)0 : _octets[_position];

    public readonly int Position => _position;

    public readonly bool IsUtf8 => isUtf8;

    public void Fail(string error) => Error ??= error;

    /// <summary>Takes the octet when it is ahead.</summary>
    public bool Take(char octet)
    {
        if (Ahead != octet)
            return false;
        _position++;
        return true;
    }

    /// <summary>Takes the word, in any case, when it is ahead.</summary>
    public bool TakeWord(string word)
    {
        if (Failed || _octets.Length - _position < word.Length || !Ascii.EqualsIgnoreCase(_octets.Slice(_position, word.Length), word))
            return false;
        _position += word.Length;
        return true;
    }

    public void Expect(char octet)
    {
        if (!Take(octet))
            Fail(octet == ' ' ? "Argument missing" : $"'{octet}' expected");
    }

    public void ExpectSpace() => Expect(' ');

    /// <summary>A blank too many at a line's end is common and harmless.</summary>
    public void ExpectEnd()
    {
        while (Take(' '))
        {
        }
        if (!Failed && _position < _octets.Length)
            Fail("Unexpected argument");
    }

    public string Tag() => Text(Run(TagChars, "Tag"));

    public string AtomText() => Text(Run(AtomChars, "Atom"));

    /// <summary>An atom in upper case, for key words.</summary>
    public string Keyword() => AtomText().ToUpperInvariant();

    /// <summary>A name of letters, digits and dots in upper case, such as a FETCH item before its bracket.</summary>
    public string Word() => Text(Run(WordChars, "Name")).ToUpperInvariant();

    public string Astring() => IsString ? String() : Text(Run(AstringChars, "String"));

    /// <summary>A mailbox pattern of LIST.</summary>
    public string ListMailbox() => IsString ? String() : Text(Run(ListChars, "Mailbox pattern"));

    /// <summary>A quoted string or a literal.</summary>
    public string String() => Ahead == '"' ? Quoted() : Text(Literal());

    /// <summary>A string, or null for NIL.</summary>
    public string? Nstring()
    {
        if (IsString)
            return String();
        if (!TakeWord("NIL"))
            Fail("String or NIL expected");
        return null;
    }

    /// <summary>RFC 5464 §5 value: the octets of a string or a literal8, or null for NIL. MailKit sends an atom where one holds the value.</summary>
    public byte[]? Value()
    {
        if (Ahead == '"')
            return Encoding.UTF8.GetBytes(Quoted());
        if (Ahead == '{' || IsWordAhead("~{"))
            return Literal().ToArray();
        var atom = Run(AstringChars, "String");
        return Ascii.EqualsIgnoreCase(atom, "NIL"u8) ? null : atom.ToArray();
    }

    /// <summary>The word, in any case, is ahead.</summary>
    public readonly bool IsWordAhead(string word) =>
        !Failed && _octets.Length - _position >= word.Length && Ascii.EqualsIgnoreCase(_octets.Slice(_position, word.Length), word);

    public readonly bool IsString => Ahead is (byte)'"' or (byte)'{';

    /// <summary>A number of 32 bits (RFC 3501 §9).</summary>
    public uint Number()
    {
        if (AtEnd || !Utf8Parser.TryParse(_octets[_position..], out uint value, out var consumed))
        {
            Fail("Number expected");
            return 0;
        }
        _position += consumed;
        return value;
    }

    public uint NonZeroNumber()
    {
        var value = Number();
        if (value == 0)
            Fail("Number from 1 expected");
        return value;
    }

    /// <summary>RFC 7162 §7 mod-sequence-valzer.</summary>
    public long ModSeq() => Number64("Modification sequence expected");

    /// <summary>RFC 9051 §9 number64: a number of 63 bits.</summary>
    public long Number64(string missing = "Number expected")
    {
        if (AtEnd || Ahead is < (byte)'0' or > (byte)'9' || !Utf8Parser.TryParse(_octets[_position..], out long value, out var consumed))
        {
            Fail(missing);
            return 0;
        }
        _position += consumed;
        return value;
    }

    public long NonZeroNumber64()
    {
        var value = Number64();
        if (value == 0)
            Fail("Number from 1 expected");
        return value;
    }

    /// <summary>The marker of a literal that is the last thing in the octets: {n} or {n+}, or that of a literal8.</summary>
    public bool TakeLastLiteralMarker(out LiteralMarker marker)
    {
        marker = default;
        if (AtEnd || !LiteralMarker.TryRead(_octets[_position..], out marker) || _position + marker.Length != _octets.Length)
            return false;
        _position = _octets.Length;
        return true;
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);

    private ReadOnlySpan<byte> Run(SearchValues<byte> allowed, string what)
    {
        if (AtEnd)
        {
            Fail($"{what} expected");
            return default;
        }
        var rest = _octets[_position..];
        var length = rest.IndexOfAnyExcept(allowed);
        if (length < 0)
            length = rest.Length;
        if (length == 0)
            Fail($"{what} expected");
        _position += length;
        return rest[..length];
    }

    private string Quoted()
    {
        var rest = _octets[(_position + 1)..];
        var plain = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (plain >= 0 && rest[plain] == '"')
        {
            _position += plain + 2;
            return Checked(rest[..plain]);
        }
        return QuotedWithEscapes(rest);
    }

    private string QuotedWithEscapes(ReadOnlySpan<byte> rest)
    {
        var unescaped = new ArrayBufferWriter<byte>();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                _position += i + 2;
                return Checked(unescaped.WrittenSpan);
            }
            if (rest[i] == '\\' && (++i >= rest.Length || rest[i] is not ((byte)'"' or (byte)'\\')))
                break;
            unescaped.Write(rest.Slice(i, 1));
        }
        Fail("Quoted string is not well-formed");
        return "";
    }

    private string Checked(ReadOnlySpan<byte> quoted)
    {
        if (quoted.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0)
            Fail("Quoted string holds CR, LF or NUL");
        return Text(quoted);
    }

    private ReadOnlySpan<byte> Literal()
    {
        if (AtEnd || !LiteralMarker.TryRead(_octets[_position..], out var marker))
        {
            Fail("String expected");
            return default;
        }
        var start = _position + marker.Length;
        if (marker.Octets > _octets.Length - start)
        {
            Fail("Literal is not complete");
            return default;
        }
        _position = start + (int)marker.Octets;
        return _octets.Slice(start, (int)marker.Octets);
    }
}
