namespace MailMesh.Accounts;

/// <summary>The two things that an account keeps of its password: always made, written and dropped together.</summary>
/// <param name="Hash">Argon2id, for passwords that clients send.</param>
/// <param name="Scram">RFC 5803, for clients that prove theirs; null where SASLprep does not take the password.</param>
internal readonly record struct StoredPassword(string Hash, string? Scram)
{
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed.</exception>
    public static async Task<StoredPassword> CreateAsync(string password, int iterations, CancellationToken cancellationToken)
    {
        var hash = await PasswordHash.CreateAsync(password, cancellationToken);
        return await WithScramAsync(hash, password, iterations, cancellationToken);
    }

    /// <summary>A hash that there is already, with new credentials of SCRAM.</summary>
    public static async Task<StoredPassword> WithScramAsync(string hash, string password, int iterations, CancellationToken cancellationToken)
    {
        var credentials = await HashingGate.RunAsync(() => ScramCredentials.Derive(password, ScramCredentials.SaltFor(hash), iterations), cancellationToken);
        return new StoredPassword(hash, credentials?.Stored);
    }

    /// <summary>False where one of the two is missing, weaker than today's, or of another password.</summary>
    public bool IsCurrent(int iterations) =>
        !PasswordHash.IsWeak(Hash) && ScramCredentials.TryParse(Scram, out var credentials) && credentials.Iterations >= iterations && credentials.GoWith(Hash);

    public override string ToString() => "(hidden)";
}
