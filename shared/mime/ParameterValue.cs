using System.Globalization;
using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 2231: a parameter's value that comes in pieces (name*0, name*1), in a charset (name*), or both (name*0*).</summary>
internal static class ParameterValue
{
    private const int MaxPieces = 100;

    /// <summary>The value of the first parameter of this name, in any case; null where there is none.</summary>
    public static string? Find(IReadOnlyList<KeyValuePair<string, string>> parameters, string name)
    {
        if (Named(parameters, name) is { } plain)
            return plain;
        if (Named(parameters, name + "*") is { } extended)
        {
            var charset = Charset(ref extended);
            return Decode(extended, charset);
        }
        return Join(parameters, name);
    }

    private static string? Join(IReadOnlyList<KeyValuePair<string, string>> parameters, string name)
    {
        StringBuilder? value = null;
        string? charset = null;
        for (var i = 0; i < MaxPieces; i++)
        {
            var piece = Named(parameters, $"{name}*{i}");
            if (piece is null && Named(parameters, $"{name}*{i}*") is { } extended)
            {
                charset ??= Charset(ref extended);
                piece = Decode(extended, charset);
            }
            if (piece is null)
                break;
            (value ??= new StringBuilder()).Append(piece);
        }
        return value?.ToString();
    }

    /// <summary>Takes charset'language' from the start of a value.</summary>
    private static string Charset(ref string value)
    {
        var first = value.IndexOf('\'', StringComparison.Ordinal);
        var second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        if (second < 0)
            return "";
        var charset = value[..first];
        value = value[(second + 1)..];
        return charset;
    }

    private static string Decode(string value, string charset)
    {
        var octets = new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets[length++] = octet;
                i += 2;
            }
            else
            {
                octets[length++] = (byte)value[i];
            }
        }
        return Charsets.For(charset, octets).GetString(octets, 0, length);
    }

    private static string? Named(IReadOnlyList<KeyValuePair<string, string>> parameters, string name)
    {
        foreach (var (key, value) in parameters)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        return null;
    }
}
