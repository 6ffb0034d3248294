using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.OAuth;

namespace MailMesh.Sasl;

/// <summary>What an exchange asks of the server: each answer about who somebody is comes through the guard.</summary>
internal sealed class SaslLogin(string mechanism, SaslPeer peer, LoginGuard guard, AccountDirectory accounts, TokenVerifier? tokens)
{
    public SaslPeer Peer { get; } = peer;

    public TokenVerifier Tokens => tokens ?? throw new InvalidOperationException("No issuer of tokens is configured.");

    /// <param name="isForSelf">The client does not ask to act for somebody else.</param>
    public Task<SaslStep> PasswordAsync(string user, string password, bool isForSelf, CancellationToken cancellationToken) =>
        DecideAsync(guard.AuthenticateAsync(Peer.Address, user, password, cancellationToken), isForSelf);

    public Task<ScramCredentials> ScramAsync(string user) => accounts.FindScramAsync(user);

    /// <param name="user">Whom the client has proved to be, where it has.</param>
    /// <param name="isForSelf">The client does not ask to act for somebody else.</param>
    public Task<SaslStep> ProvedAsync(string user, bool isProved, bool isForSelf = true) =>
        DecideAsync(guard.CheckAsync(Peer.Address, user, async () => isProved ? await accounts.FindAsync(user) : null), isForSelf);

    /// <param name="user">Whom the client says to be; empty for whomever the token names.</param>
    public Task<SaslStep> TokenAsync(string user, string token) => DecideAsync(CheckTokenAsync(user, token));

    /// <summary>Nobody acts for somebody else here: an authorization identity is empty, or names the same account.</summary>
    public static bool IsSame(string authorization, string user) =>
        authorization.Length == 0 || authorization.Equals(user, StringComparison.OrdinalIgnoreCase);

    private async Task<LoginOutcome> CheckTokenAsync(string user, string token)
    {
        var outcome = await guard.CheckAsync(Peer.Address, user, () => HolderAsync(user, token));
        // Only now is it known whose account this is, where the client did not say: it may be banned.
        return user.Length == 0 && outcome.Account is { } account
            ? await guard.CheckAsync(Peer.Address, account.Address, () => Task.FromResult<AuthenticatedAccount?>(account))
            : outcome;
    }

    private async Task<AuthenticatedAccount?> HolderAsync(string user, string token)
    {
        if (await Tokens.VerifyAsync(token) is not { } named || await accounts.FindAsync(named) is not { } account)
            return null;
        return user.Length == 0 || IsAddressOf(account, user) ? account : null;
    }

    private static bool IsAddressOf(AuthenticatedAccount account, string user) =>
        MailAddress.TryParse(user, out var address) && address.ToString() == account.Address;

    private async Task<SaslStep> DecideAsync(Task<LoginOutcome> login, bool isForSelf = true)
    {
        var step = await StepOfAsync(login);
        if (step is SaslStep.Accepted && !isForSelf)
            step = SaslStep.Refused.Authorization;
        SaslMetrics.Decided(mechanism, step);
        return step;
    }

    private static async Task<SaslStep> StepOfAsync(Task<LoginOutcome> login)
    {
        try
        {
            return await login switch
            {
                { Account: { } account } => new SaslStep.Accepted(account),
                { IsBanned: true } => SaslStep.Refused.Banned,
                _ => SaslStep.Refused.Credentials,
            };
        }
        catch (Exception failure) when (failure is AuthenticationBusyException or KeysUnavailableException)
        {
            return SaslStep.Refused.Unavailable;
        }
    }
}
