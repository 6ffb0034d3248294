using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class AccountVerbs
{
    private const string Accounts = "/api/v1/accounts";

    public static async Task<int> AddAsync(ServerSession session, NewAccountSettings settings, CancellationToken cancel)
    {
        var account = new NewAccount(settings.Address, settings.ReadPassword(session.Terminal), settings.DisplayName);
        var added = await session.Server.PostAsync(Accounts, account, AdminJson.Default.NewAccount, AdminJson.Default.AccountView, cancel);
        return session.Output.Say(added, AdminJson.Default.AccountView, $"{added.Address} is added.");
    }

    public static Task<int> ListAsync(ServerSession session, AccountFilter settings, CancellationToken cancel) =>
        session.Output.ListAsync(
            session.Server.ListAsync(Accounts + (settings.Domain is { } domain ? $"?domain={Segment(domain)}" : ""), AdminJson.Default.PageAccountView, cancel),
            AdminJson.Default.AccountView,
            "There is no account. Next: mailmesh account add USER@DOMAIN",
            ["ADDRESS", "NAME", "STATE", "CREATED"],
            account => [account.Address, account.DisplayName ?? "", account.Enabled ? "enabled" : "disabled", Output.Moment(account.CreatedAt)]);

    public static async Task<int> ResetSecondFactorAsync(ServerSession session, AddressSettings settings, CancellationToken cancel)
    {
        var state = await session.Server.DeleteAsync($"{Accounts}/{Segment(settings.Address)}/second-factor", AdminJson.Default.SecondFactorState, cancel);
        return session.Output.Say(state, AdminJson.Default.SecondFactorState, $"{state.Account} is opened by its password alone again.");
    }

    public static async Task<int> ShowAsync(ServerSession session, AddressSettings settings, CancellationToken cancel)
    {
        var path = $"{Accounts}/{Segment(settings.Address)}";
        var account = await session.Server.GetAsync(path, AdminJson.Default.AccountView, cancel);
        var mailboxes = await session.Server.GetAsync($"{path}/mailboxes", AdminJson.Default.PageMailboxView, cancel);
        var details = new AccountDetails(account, mailboxes.Items);
        var name = account.DisplayName is { } display ? $" ({Output.Printable(display)})" : "";
        session.Output.Say(details, AdminJson.Default.AccountDetails,
            $"{account.Address}{name}, {(account.Enabled ? "enabled" : "disabled")}, created {Output.Moment(account.CreatedAt)}; may hold {Quota(account)}");
        if (!session.Output.Json && mailboxes.Items.Count > 0)
            session.Output.Table(
                ["MAILBOX", "USE", "MESSAGES", "UNSEEN", "OCTETS"],
                mailboxes.Items.Select(m => new[] { m.Name, m.SpecialUse ?? "", $"{m.Messages}", $"{m.Unseen}", $"{m.SizeBytes}" }));
        return ExitCode.Ok;
    }

    public static async Task<int> SetPasswordAsync(ServerSession session, PasswordSettings settings, CancellationToken cancel)
    {
        var changed = await ChangeAsync(session, settings.Address, new AccountChange(Password: settings.ReadPassword(session.Terminal)), cancel);
        return session.Output.Say(changed, AdminJson.Default.AccountView, $"{changed.Address} has a new password.");
    }

    public static async Task<int> SetQuotaAsync(ServerSession session, QuotaSettings settings, CancellationToken cancel)
    {
        var changed = await ChangeAsync(session, settings.Address, new AccountChange(QuotaBytes: settings.Octets, QuotaMessages: settings.MaxMessages), cancel);
        return session.Output.Say(changed, AdminJson.Default.AccountView, $"{changed.Address} may hold {Quota(changed)}.");
    }

    public static async Task<int> EnableAsync(ServerSession session, AddressSettings settings, CancellationToken cancel)
    {
        var changed = await ChangeAsync(session, settings.Address, new AccountChange(Enabled: true), cancel);
        return session.Output.Say(changed, AdminJson.Default.AccountView, $"{changed.Address} may log in and receives mail.");
    }

    public static async Task<int> DisableAsync(ServerSession session, AddressSettings settings, CancellationToken cancel)
    {
        var changed = await ChangeAsync(session, settings.Address, new AccountChange(Enabled: false), cancel);
        return session.Output.Say(changed, AdminJson.Default.AccountView, $"{changed.Address} may no longer log in, and mail for it is refused; its mail stays.");
    }

    public static async Task<int> RemoveAsync(ServerSession session, AddressSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{Accounts}/{Segment(settings.Address)}", AdminJson.Default.RemovedAccount, cancel);
        return session.Output.Say(removed, AdminJson.Default.RemovedAccount,
            $"{removed.Address} is removed, and with it {removed.Mailboxes} mailboxes, {removed.Messages} messages.{Dangling(removed)}");
    }

    private static string Quota(AccountView account) =>
        $"{(account.QuotaBytes is { } octets ? $"{octets} octets" : "any number of octets")}, {(account.QuotaMessages is { } messages ? $"{messages} messages" : "any number of messages")}";

    private static string Dangling(RemovedAccount removed) =>
        removed.Aliases == 0 ? "" : $" {removed.Aliases} aliases still lead to it: see mailmesh alias list, and remove them.";

    private static Task<AccountView> ChangeAsync(ServerSession session, string address, AccountChange change, CancellationToken cancel) =>
        session.Server.PatchAsync($"{Accounts}/{Segment(address)}", change, AdminJson.Default.AccountChange, AdminJson.Default.AccountView, cancel);
}
