using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MailMesh.Dsn;

/// <summary>RFC 3461 §4: text in the form that an ESMTP parameter takes; '+' and two upper-case hexadecimal digits stand for what may not be there itself.</summary>
public static class Xtext
{
    /// <summary>Reads an xtext strictly; false too where it stands for other than printable ASCII, which §4.2 and §4.4 want before encoding.</summary>
    public static bool TryDecode(ReadOnlySpan<char> xtext, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var decoded = new StringBuilder(xtext.Length);
        for (var i = 0; i < xtext.Length; i++)
        {
            var c = xtext[i];
            if (c is < '!' or > '~' or '=')
                return false;
            if (c == '+' && !TryReadHex(xtext[(i + 1)..], out c))
                return false;
            i += xtext[i] == '+' ? 2 : 0;
            decoded.Append(c);
        }
        text = decoded.ToString();
        return text.Length > 0;
    }

    /// <summary>Writes printable ASCII as xtext.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is > ' ' and <= '~' and not ('+' or '='))
                encoded.Append(c);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"+{(int)c:X2}");
        }
        return encoded.ToString();
    }

    private static bool TryReadHex(ReadOnlySpan<char> digits, out char c)
    {
        c = '\0';
        if (digits.Length < 2 || !char.IsAsciiHexDigitUpper(digits[0]) || !char.IsAsciiHexDigitUpper(digits[1]))
            return false;
        c = (char)byte.Parse(digits[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return c is >= ' ' and <= '~';
    }
}
