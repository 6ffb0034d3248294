using System.Text;

namespace MailMesh.Database;

/// <summary>Text that both engines can hold: hostile mail brings what PostgreSQL refuses, and must not fail again each time it is tried.</summary>
internal static class StorableText
{
    /// <summary>The text with U+FFFD in place of U+0000 and of each half of a surrogate pair; itself where it has none.</summary>
    public static string Of(string text)
    {
        var span = text.AsSpan();
        if (!span.Contains('\0') && !span.ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // halves come as U+FFFD
            storable.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        return storable.ToString();
    }
}
