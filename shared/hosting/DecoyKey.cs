using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Hosting;

/// <summary>The secret behind what SCRAM shows of names that do not exist: the same in every copy and after every restart, since an answer that changes gives them away.</summary>
internal static class DecoyKey
{
    private const int Octets = 32;

    /// <summary>In standalone a file of the data folder; in a mesh drawn from a secret that all copies are given.</summary>
    public static byte[] Of(MailMeshOptions options)
    {
        if (options.Mesh is { } mesh)
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(mesh.S3.SecretKey), Octets, info: "MailMesh SCRAM decoys"u8.ToArray());
        var text = SecretFile.ReadOrMake(Path.Combine(options.Data, "scram.key"), () => Convert.ToHexString(RandomNumberGenerator.GetBytes(Octets)));
        return Encoding.UTF8.GetBytes(text);
    }
}
