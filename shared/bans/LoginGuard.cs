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
    public async Task<LoginOutcome> AuthenticateAsync(IPAddress client, string user, string password, CancellationToken cancellationToken)
    {
        if (IsExempt(client))
            return new LoginOutcome(await accounts.AuthenticateAsync(user, password, cancellationToken), IsBanned: false);
        if (await RefusesAsync(client) || await RefusesAsync(user))
            return new LoginOutcome(null, IsBanned: true);
        var account = await accounts.AuthenticateAsync(user, password, cancellationToken);
        if (account is null)
        {
            BanMetrics.Failed();
            await bans.FailedAsync(client, user);
        }
        return new LoginOutcome(account, IsBanned: false);
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
