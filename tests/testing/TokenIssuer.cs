using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MailMesh.Testing;

/// <summary>An identity provider that signs JSON Web Tokens (RFC 7515, RS256) with a key of its own.</summary>
public sealed class TokenIssuer(string issuer = "https://login.example/tenant", string audience = "mailmesh") : IDisposable
{
    private RSA _key = RSA.Create(2048);

    public string Issuer { get; } = issuer;

    public string Audience { get; } = audience;

    /// <summary>The name of the key that signs now.</summary>
    public string KeyId { get; private set; } = "key-1";

    /// <summary>RFC 7517, with the public half of the key.</summary>
    public string KeySet
    {
        get
        {
            var parameters = _key.ExportParameters(includePrivateParameters: false);
            var key = new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = KeyId, ["n"] = Encode(parameters.Modulus!), ["e"] = Encode(parameters.Exponent!) };
            return new JsonObject { ["keys"] = new JsonArray(key) }.ToJsonString();
        }
    }

    /// <summary>Signs with a new key from now on.</summary>
    public void Rotate(string keyId)
    {
        _key.Dispose();
        (_key, KeyId) = (RSA.Create(2048), keyId);
    }

    /// <summary>A token as the provider gives it to whoever has this address.</summary>
    /// <param name="change">Makes it another one before it is signed.</param>
    public string Issue(string email, DateTimeOffset now, Action<JsonObject>? change = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "0a1b2c",
            ["email"] = email,
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        change?.Invoke(claims);
        var signed = Signed("RS256", claims);
        return $"{signed}.{Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The forgery of RFC 8725 §2.1: the public key taken for the secret of an HMAC.</summary>
    public string Forge(string email, DateTimeOffset now)
    {
        var signed = Signed("HS256", new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["email"] = email, ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds() });
        return $"{signed}.{Encode(HMACSHA256.HashData(Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The forgery without any signature.</summary>
    public string Unsigned(string email, DateTimeOffset now) =>
        Signed("none", new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["email"] = email, ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds() }) + ".";

    public void Dispose() => _key.Dispose();

    private string Signed(string algorithm, JsonObject claims) =>
        $"{Encode(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = KeyId }))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";

    private static string Encode(byte[] octets) => Base64Url.EncodeToString(octets);
}
