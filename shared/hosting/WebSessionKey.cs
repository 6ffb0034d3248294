using System.Security.Cryptography;

namespace MailMesh.Hosting;

/// <summary>The secret of web sessions: the same in every copy and after every restart.</summary>
internal static class WebSessionKey
{
    private const int Octets = 32;

    public static byte[] Of(MailMeshOptions options) => HKDF.DeriveKey(HashAlgorithmName.SHA256, DecoyKey.Of(options), Octets, info: "MailMesh web sessions"u8.ToArray());
}
