using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.OAuth;

namespace MailMesh.Sasl;

/// <summary>The mechanisms of a process: which of them a client is offered, and their exchanges.</summary>
/// <param name="tokens">Null where no issuer of tokens is configured.</param>
public sealed class SaslServer(SaslOptions options, LoginGuard guard, AccountDirectory accounts, TokenVerifier? tokens = null)
{
    /// <summary>What this client can use, the strongest first. Whether passwords may travel on its connection at all is for its protocol to say.</summary>
    public IEnumerable<string> MechanismsFor(SaslPeer peer) => options.Mechanisms.Where(mechanism => IsOffered(mechanism, peer));

    /// <summary>The exchange of a mechanism; null for one that this client is not offered.</summary>
    /// <param name="mechanism">In any case (RFC 4422 §3.1 has upper case, RFC 4954 ignores it).</param>
    public SaslExchange? Begin(string mechanism, SaslPeer peer)
    {
        var name = mechanism.ToUpperInvariant();
        if (!options.Mechanisms.Contains(name) || !IsOffered(name, peer))
            return null;
        // RFC 5802 §6: a client may only be blamed for not using a binding that it was offered.
        var seen = IsOffered(SaslOptions.ScramSha256Plus, peer) && options.Mechanisms.Contains(SaslOptions.ScramSha256Plus) ? peer : peer with { ChannelBinding = null };
        var login = new SaslLogin(name, seen, guard, accounts, tokens);
        return name switch
        {
            SaslOptions.Plain => new PlainExchange(login),
            SaslOptions.Login => new LoginExchange(login),
            SaslOptions.ScramSha256 => new ScramExchange(login, isPlus: false),
            SaslOptions.ScramSha256Plus => new ScramExchange(login, isPlus: true),
            SaslOptions.OAuthBearer => new OAuthBearerExchange(login),
            SaslOptions.XOAuth2 => new XOAuth2Exchange(login),
            SaslOptions.External => new ExternalExchange(login),
            _ => null,
        };
    }

    private bool IsOffered(string mechanism, SaslPeer peer) => mechanism switch
    {
        SaslOptions.ScramSha256Plus => peer.ChannelBinding is not null,
        SaslOptions.OAuthBearer or SaslOptions.XOAuth2 => tokens is not null,
        SaslOptions.External => peer.CertificateNames.Count > 0,
        _ => true,
    };
}
