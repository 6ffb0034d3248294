using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MailMesh.Dsn;

/// <summary>RFC 3461 §4.2, RFC 6533 §3: the address that the sender wrote, with its type; ORCPT of RCPT and Original-Recipient of a report.</summary>
/// <param name="Type">In lower case: rfc822, utf-8 or another.</param>
/// <param name="Address">Decoded.</param>
public sealed record OriginalRecipient(string Type, string Address)
{
    /// <summary>§4.2: octets of the parameter's value.</summary>
    public const int MaxOctets = 500;

    private const string Utf8 = "utf-8";

    /// <summary>addr-type is an atom; the registered ones are words of letters, digits and '-'.</summary>
    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Reads the value of ORCPT: addr-type ';' xtext, or, for utf-8, the forms of RFC 6533.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out OriginalRecipient? recipient)
    {
        recipient = null;
        var semicolon = value.IndexOf(';');
        if (semicolon <= 0 || Encoding.UTF8.GetByteCount(value) > MaxOctets || value.AsSpan(0, semicolon).ContainsAnyExcept(TypeCharacters))
            return false;
        var type = value[..semicolon].ToLowerInvariant();
        var encoded = value.AsSpan(semicolon + 1);
        if (!(type == Utf8 ? TryDecodeUtf8(encoded, out var address) : Xtext.TryDecode(encoded, out address)))
            return false;
        recipient = new OriginalRecipient(type, address);
        return true;
    }

    /// <summary>An address as the field of a report has it (RFC 3464 §2.3.1; RFC 6533 §3 in the form that stays ASCII).</summary>
    public static string FieldOf(string address) =>
        address.All(char.IsAscii) ? $"rfc822; {address}" : $"{Utf8}; {EncodeUtf8(address)}";

    /// <summary>An address as the value of ORCPT.</summary>
    public static string ParameterOf(string address) =>
        address.All(char.IsAscii) ? $"rfc822;{Xtext.Encode(address)}" : $"{Utf8};{EncodeUtf8(address)}";

    /// <summary>As the field of a report has it.</summary>
    public override string ToString() => Type == Utf8 ? $"{Utf8}; {EncodeUtf8(Address)}" : $"{Type}; {Address}";

    /// <summary>utf-8-addr-xtext and utf-8-addr-unitext: ASCII but for '\', '+' and '=', other characters themselves, \x{HEX} for any.</summary>
    private static bool TryDecodeUtf8(ReadOnlySpan<char> encoded, [NotNullWhen(true)] out string? address)
    {
        address = null;
        var text = new StringBuilder(encoded.Length);
        while (!encoded.IsEmpty)
        {
            if (encoded[0] == '\\')
            {
                if (!TryReadRune(encoded, out var rune, out var length))
                    return false;
                text.Append(rune.ToString());
                encoded = encoded[length..];
                continue;
            }
            if (encoded[0] is < '!' or '+' or '=' or '\x7f' || char.IsControl(encoded[0]))
                return false;
            text.Append(encoded[0]);
            encoded = encoded[1..];
        }
        address = text.ToString();
        return address.Length > 0;
    }

    private static bool TryReadRune(ReadOnlySpan<char> encoded, out Rune rune, out int length)
    {
        rune = default;
        length = encoded.IndexOf('}') + 1;
        return length > 4 && encoded.StartsWith(@"\x{") && length <= 10
            && int.TryParse(encoded[3..(length - 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && Rune.TryCreate(value, out rune) && !Rune.IsControl(rune);
    }

    private static string EncodeUtf8(string address)
    {
        var text = new StringBuilder();
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value is > ' ' and not ('\\' or '+' or '='))
                text.Append((char)rune.Value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }
        return text.ToString();
    }
}
