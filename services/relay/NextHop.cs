using MailMesh.Dns;
using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>Where the mail of a domain goes next.</summary>
internal abstract record NextHop
{
    /// <summary>Servers to try, by preference.</summary>
    /// <param name="Key">Domains with the same servers share it, and connections.</param>
    public sealed record Servers(string Key, IReadOnlyList<MailExchange> Exchanges, int Port, TlsUse Tls, SmtpCredentials? Credentials) : NextHop
    {
        /// <summary>A route names the server: no DNS was asked that could have lied.</summary>
        public bool IsConfigured { get; init; }
    }

    /// <summary>There is no way, for now or at all.</summary>
    public sealed record None(RecipientResult Result) : NextHop;
}
