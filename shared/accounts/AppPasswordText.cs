using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Accounts;

/// <summary>The form of application passwords: drawn, never chosen, so that a fast hash keeps them.</summary>
internal static class AppPasswordText
{
    /// <summary>Nobody takes one for another: no l, o, 0 and 1.</summary>
    private const string Letters = "abcdefghijkmnpqrstuvwxyz23456789";

    /// <summary>Five bits each: 100 bits.</summary>
    private const int Length = 20;

    private const int Group = 5;

    /// <summary>A new one, such as 'abcde-fghij-kmnpq-rstuv'.</summary>
    public static string New() => string.Join('-', RandomNumberGenerator.GetString(Letters, Length).Chunk(Group).Select(group => new string(group)));

    /// <summary>True for text of that form, with or without hyphens, blanks and capitals, as people type it.</summary>
    /// <param name="hash">SHA-256 of its letters, in hexadecimal digits.</param>
    public static bool TryHash(string password, out string hash)
    {
        hash = "";
        Span<byte> octets = stackalloc byte[Length];
        var count = 0;
        foreach (var c in password)
        {
            if (c is '-' or ' ')
                continue;
            var letter = char.ToLowerInvariant(c);
            if (count == Length || !Letters.Contains(letter, StringComparison.Ordinal))
                return false;
            octets[count++] = (byte)letter;
        }
        if (count == Length)
            hash = Convert.ToHexStringLower(SHA256.HashData(octets));
        CryptographicOperations.ZeroMemory(octets);
        return count == Length;
    }
}
