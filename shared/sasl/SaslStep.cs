using MailMesh.Accounts;

namespace MailMesh.Sasl;

/// <summary>What comes of a client's response.</summary>
public abstract record SaslStep
{
    private SaslStep()
    {
    }

    /// <summary>The exchange goes on: the client has to answer this, with nothing at times.</summary>
    public sealed record Challenge(ReadOnlyMemory<byte> Octets) : SaslStep;

    public sealed record Accepted(AuthenticatedAccount Account) : SaslStep;

    public sealed record Refused(SaslRefusal Reason) : SaslStep
    {
        internal static readonly Refused Malformed = new(SaslRefusal.Malformed);
        internal static readonly Refused Credentials = new(SaslRefusal.Credentials);
        internal static readonly Refused Authorization = new(SaslRefusal.Authorization);
        internal static readonly Refused Banned = new(SaslRefusal.Banned);
        internal static readonly Refused Unavailable = new(SaslRefusal.Unavailable);
    }
}

/// <summary>Why an exchange came to nothing.</summary>
public enum SaslRefusal
{
    /// <summary>The response is not what the mechanism says.</summary>
    Malformed,

    /// <summary>A wrong name, password, proof, token or certificate: which one, nobody is told.</summary>
    Credentials,

    /// <summary>The client proved who it is, and asked to act for somebody else.</summary>
    Authorization,

    /// <summary>The client's network or the account is banned; what was offered was not looked at.</summary>
    Banned,

    /// <summary>Too many passwords wait to be hashed, or the keys of tokens cannot be had: nobody can tell now, and the client should try again later.</summary>
    Unavailable,
}
