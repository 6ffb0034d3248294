using System.Globalization;
using System.Text;

namespace MailMesh.Ingress.Grammar;

/// <summary>Values of XCLIENT: RFC 3461's xtext as proxies write it, with UTF-8 in it and hexadecimal digits in any case.</summary>
internal static class XclientText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The text that was meant, as UTF-8; false where an octet is badly written, or the text has control characters.</summary>
    public static bool TryDecode(string xtext, out string text)
    {
        text = "";
        var octets = Encoding.UTF8.GetBytes(xtext).AsSpan();
        var length = 0;
        for (var i = 0; i < octets.Length; i++, length++)
        {
            octets[length] = octets[i];
            if (octets[i] != '+')
                continue;
            if (i + 2 >= octets.Length || !byte.TryParse(octets.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octets[length]))
                return false;
            i += 2;
        }
        try
        {
            text = StrictUtf8.GetString(octets[..length]);
            return !text.Any(char.IsControl);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
