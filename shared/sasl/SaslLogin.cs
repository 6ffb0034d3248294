using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.OAuth;

namespace MailMesh.Sasl;

/// <summary>What an exchange asks of the server: each answer about who somebody is comes through the guard.</summary>
internal sealed class SaslLogin(LoginGuard guard, AccountDirectory accounts, TokenVerifier? tokens, SaslPeer peer)
{
    public SaslPeer Peer { get; } = peer;

    public TokenVerifier Tokens => tokens ?? throw new InvalidOperationException("No issuer of tokens is configured.");

    public async Task<SaslStep> PasswordAsync(string user, string password, CancellationToken cancellationToken) =>
        StepOf(await guard.AuthenticateAsync(Peer.Address, user, password, cancellationToken));

    public Task<ScramCredentials> ScramAsync(string user) => accounts.FindScramAsync(user);

    /// <param name="user">Whom the client has proved to be, where it has.</param>
    public async Task<SaslStep> ProvedAsync(string user, bool isProved) =>
        StepOf(await guard.CheckAsync(Peer.Address, user, async () => isProved ? await accounts.FindAsync(user) : null));

    /// <param name="user">Whom the client says to be; empty for whomever the token names.</param>
    public async Task<SaslStep> TokenAsync(string user, string token) =>
        StepOf(await guard.CheckAsync(Peer.Address, user, async () =>
        {
            if (await Tokens.VerifyAsync(token) is not { } named || await accounts.FindAsync(named) is not { } account)
                return null;
            return user.Length == 0 || IsAddressOf(account, user) ? account : null;
        }));

    /// <summary>Nobody acts for somebody else here: an authorization identity is empty, or names the same account.</summary>
    public static bool IsSame(string authorization, string user) =>
        authorization.Length == 0 || authorization.Equals(user, StringComparison.OrdinalIgnoreCase);

    private static bool IsAddressOf(AuthenticatedAccount account, string user) =>
        MailAddress.TryParse(user, out var address) && address.ToString() == account.Address;

    private static SaslStep StepOf(LoginOutcome outcome) => outcome switch
    {
        { Account: { } account } => new SaslStep.Accepted(account),
        { IsBanned: true } => SaslStep.Refused.Banned,
        _ => SaslStep.Refused.Credentials,
    };
}
