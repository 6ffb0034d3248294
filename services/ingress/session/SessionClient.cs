using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>What is known of the client beside its address: what a trusted peer said by XCLIENT, and the name that it has by DNS.</summary>
internal sealed record SessionClient
{
    public static readonly SessionClient Stranger = new();

    /// <summary>Null while nobody has said or looked it up.</summary>
    public ClientName? Name { get; init; }

    /// <summary>How a trusted peer says that the client introduced itself; it counts until the client does so here.</summary>
    public string? Helo { get; init; }

    /// <summary>False where that was by HELO.</summary>
    public bool IsExtended { get; init; } = true;

    /// <summary>Whom a trusted peer has authenticated.</summary>
    public AuthenticatedAccount? Account { get; init; }

    /// <summary>As the client would have said it to the listener; null where nobody told.</summary>
    public HelloCommand? HelloOn(SmtpListener listener) =>
        Helo is null ? null : new HelloCommand(listener.IsLmtp ? SmtpVerb.Lhlo : IsExtended ? SmtpVerb.Ehlo : SmtpVerb.Helo, Helo);
}

/// <summary>The client's name by DNS, confirmed forwards and backwards.</summary>
/// <param name="Text">In lower case; null where it has none, or none could be found out.</param>
/// <param name="IsTemporary">None could be found out now.</param>
internal sealed record ClientName(string? Text, bool IsTemporary = false);
