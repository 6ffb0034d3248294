using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class DomainVerbs
{
    private const string Domains = "/api/v1/domains";

    public static async Task<int> AddAsync(ServerSession session, NameSettings settings, CancellationToken cancel)
    {
        var added = await session.Server.PostAsync(Domains, new NewDomain(settings.Name), AdminJson.Default.NewDomain, AdminJson.Default.DomainView, cancel);
        return session.Output.Say(added, AdminJson.Default.DomainView, $"{added.Name} is added. Next: mailmesh account add NAME@{added.Name}");
    }

    public static Task<int> ListAsync(ServerSession session, ServerSettings settings, CancellationToken cancel) =>
        session.Output.ListAsync(
            session.Server.ListAsync(Domains, AdminJson.Default.PageDomainView, cancel),
            AdminJson.Default.DomainView,
            "There is no domain yet. Next: mailmesh domain add NAME",
            ["DOMAIN", "ACCOUNTS", "ALIASES", "CREATED"],
            domain => [domain.Name, $"{domain.Accounts}", $"{domain.Aliases}", Output.Moment(domain.CreatedAt)]);

    public static async Task<int> RemoveAsync(ServerSession session, DomainRemoval settings, CancellationToken cancel)
    {
        var path = $"{Domains}/{Segment(settings.Name)}{(settings.WithAccounts ? "?withAccounts=true" : "")}";
        var removed = await session.Server.DeleteAsync(path, AdminJson.Default.RemovedDomain, cancel);
        return session.Output.Say(removed, AdminJson.Default.RemovedDomain,
            $"{removed.Name} is removed, and with it {removed.Accounts} accounts, {removed.Mailboxes} mailboxes, {removed.Messages} messages, {removed.Aliases} aliases.");
    }
}
