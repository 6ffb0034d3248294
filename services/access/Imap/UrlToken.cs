using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4467 §2.4.1.1: the INTERNAL mechanism, an HMAC of the URL's rump with the mailbox's key, in hexadecimal.</summary>
internal static class UrlToken
{
    public const string Mechanism = "INTERNAL";

    public static readonly Completion UnknownMechanism = Completion.No("The mechanism is unknown; INTERNAL is there");

    public static string Make(byte[] key, string rump) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(rump)));

    /// <summary>Takes the same time for every token of a length.</summary>
    public static bool IsRight(byte[] key, string rump, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Make(key, rump)), Encoding.UTF8.GetBytes(token.ToLowerInvariant()));
}
