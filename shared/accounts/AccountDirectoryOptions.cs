using System.Security.Cryptography;

namespace MailMesh.Accounts;

/// <summary>What the directory knows of its server.</summary>
/// <param name="Hostname">Our name: the bare &lt;postmaster&gt; is its postmaster where it is a domain of ours.</param>
public sealed record AccountDirectoryOptions(string? Hostname = null)
{
    /// <summary>
    /// PBKDF2 iterations of new SCRAM credentials. A client pays them at each login, a server once a password. RFC 7677 §4 wants 4096 at least and 0.1 s of a modern
    /// machine, which is 100,000; but Cyrus SASL, and so mbsync, mutt and others, computes no more than 65,536.
    /// </summary>
    public int ScramIterations { get; init; } = 65_536;

    /// <summary>A secret that all copies have: what SCRAM shows of names that do not exist is made from it.</summary>
    public byte[] DecoyKey { get; init; } = RandomNumberGenerator.GetBytes(32);
}
