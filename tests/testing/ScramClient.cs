using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Testing;

/// <summary>The client of SCRAM-SHA-256 (RFC 5802 §3), written apart from the server so that one mistake is not in both.</summary>
/// <param name="gs2">The gs2-header: 'n,,' without channel binding, 'p=tls-server-end-point,,' with.</param>
/// <param name="binding">What is bound to.</param>
public sealed class ScramClient(string user, string password, string gs2 = "n,,", byte[]? binding = null, string nonce = "rOprNGfwEbeRWgbNEkqO")
{
    private string _authMessage = "";
    private byte[] _salted = [];

    public string First => $"{gs2}{Bare}";

    /// <summary>How often the password was hashed, once <see cref="Final"/> was asked for.</summary>
    public int Iterations { get; private set; }

    /// <summary>What a server that knows the verifier says at the end.</summary>
    public string ExpectedServerFinal => "v=" + Convert.ToBase64String(Hmac(Hmac(_salted, "Server Key"), _authMessage));

    private string Bare => $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";

    /// <summary>The answer to server-first-message.</summary>
    public string Final(string serverFirst)
    {
        var fields = serverFirst.Split(',').ToDictionary(field => field[0], field => field[2..]);
        Iterations = int.Parse(fields['i'], CultureInfo.InvariantCulture);
        _salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Convert.FromBase64String(fields['s']), Iterations, HashAlgorithmName.SHA256, 32);
        var withoutProof = $"c={Convert.ToBase64String([.. Encoding.UTF8.GetBytes(gs2), .. binding ?? []])},r={fields['r']}";
        _authMessage = $"{Bare},{serverFirst},{withoutProof}";
        var clientKey = Hmac(_salted, "Client Key");
        var signature = Hmac(SHA256.HashData(clientKey), _authMessage);
        var proof = clientKey.Zip(signature, (key, mask) => (byte)(key ^ mask)).ToArray();
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
