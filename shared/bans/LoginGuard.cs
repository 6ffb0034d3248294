using System.Net;
using MailMesh.Accounts;
using MailMesh.Hosting;

namespace MailMesh.Bans;

/// <summary>The way of every protocol to a login: refuses whom too many failures banned, and counts failures. Exempt networks know neither.</summary>
public sealed class LoginGuard(BanList bans, AccountDirectory accounts, MailMeshOptions options)
{
    /// <summary>True for a client that no protocol serves.</summary>
    public async ValueTask<bool> RefusesAsync(IPAddress client)
    {
        if (IsExempt(client) || !await bans.IsBannedAsync(client))
            return false;
        BanMetrics.Refused(isAccount: false);
        return true;
    }

    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed: try again later.</exception>
    public Task<LoginOutcome> AuthenticateAsync(IPAddress client, string user, string password, CancellationToken cancellationToken) =>
        CheckPasswordAsync(client, user, () => accounts.CheckForMailAsync(user, password, cancellationToken));

    /// <param name="code">Of the second factor; null where none was given.</param>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed: try again later.</exception>
    public Task<LoginOutcome> AuthenticateForWebAsync(IPAddress client, string user, string password, string? code, CancellationToken cancellationToken) =>
        CheckPasswordAsync(client, user, () => accounts.CheckForWebAsync(user, password, code, cancellationToken));

    /// <summary>The way of every mechanism: whoever is banned is not looked at, and a check that finds nobody is a failed login.</summary>
    /// <param name="user">As the client named itself; empty where it did not.</param>
    /// <param name="check">Finds the account of whoever has proved to be its owner. What it throws is no failed login.</param>
    public Task<LoginOutcome> CheckAsync(IPAddress client, string user, Func<Task<AuthenticatedAccount?>> check) =>
        CheckPasswordAsync(client, user, async () => new PasswordCheck(await check(), NeedsSecondFactor: false));

    private async Task<LoginOutcome> CheckPasswordAsync(IPAddress client, string user, Func<Task<PasswordCheck>> check)
    {
        var isExempt = IsExempt(client);
        if (!isExempt && (await RefusesAsync(client) || await RefusesAsync(user)))
            return new LoginOutcome(null, IsBanned: true);
        var found = await check();
        if (!isExempt && found is { Account: null, NeedsSecondFactor: false })
        {
            BanMetrics.Failed();
            await bans.FailedAsync(client, user);
        }
        return new LoginOutcome(found.Account, IsBanned: false) { NeedsSecondFactor = found.NeedsSecondFactor };
    }

    private async ValueTask<bool> RefusesAsync(string user)
    {
        if (!await bans.IsBannedAsync(user))
            return false;
        BanMetrics.Refused(isAccount: true);
        return true;
    }

    private bool IsExempt(IPAddress client) => options.ExemptNetworks.Contains(client);
}
