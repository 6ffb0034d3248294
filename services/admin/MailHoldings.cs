using MailMesh.Accounts;
using MailMesh.AdminApi;
using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Admin;

/// <summary>Counts what the server, its accounts and its domains hold, for whoever looks or is about to remove them.</summary>
internal sealed class MailHoldings(MailDatabase database, ErrorDesk errors)
{
    private const int Seen = 1; // \Seen, as shared/mailstore names the bits

    public async Task<HeldMail> AllAsync()
    {
        var failed = await errors.CountAsync(CancellationToken.None);
        return await database.QueryAsync(async context => new HeldMail(
            await context.Domains.LongCountAsync(),
            await context.Accounts.LongCountAsync(),
            await context.Aliases.LongCountAsync(),
            await context.Routes.LongCountAsync(),
            await context.Queue.LongCountAsync(),
            await context.Set<SpoolEntry>().LongCountAsync(),
            failed?.Sum(depth => depth.Messages)));
    }

    public Task<RemovedDomain> OfDomainAsync(string name, CancellationToken cancel) => database.QueryAsync(async context =>
    {
        var domain = MailAddress.TryDomain(name, out var parsed) ? parsed : name;
        var suffix = "@" + domain;
        var accounts = context.Accounts.Where(a => context.Domains.Any(d => d.Id == a.DomainId && d.Name == domain));
        var (mailboxes, messages) = await CountAsync(context, accounts, cancel);
        return new RemovedDomain(
            domain, await accounts.LongCountAsync(cancel), await context.Aliases.LongCountAsync(a => a.Source.EndsWith(suffix), cancel), mailboxes, messages);
    });

    public Task<RemovedAccount> OfAccountAsync(string address, CancellationToken cancel) => database.QueryAsync(async context =>
    {
        var text = Normal(address);
        var (mailboxes, messages) = await CountAsync(context, context.Accounts.Where(a => a.Address == text), cancel);
        return new RemovedAccount(text, mailboxes, messages, await context.Aliases.LongCountAsync(a => a.Target == text, cancel));
    });

    /// <summary>Every mailbox of an account, INBOX first.</summary>
    public Task<List<MailboxView>> MailboxesAsync(string address, CancellationToken cancel) => database.QueryAsync(async context =>
    {
        var text = Normal(address);
        var rows = await context.Mailboxes.AsNoTracking()
            .Where(m => context.Accounts.Any(a => a.Id == m.AccountId && a.Address == text))
            .OrderBy(m => m.Name == "INBOX" ? 0 : 1).ThenBy(m => m.Name)
            .Select(m => new
            {
                m.Name,
                m.SpecialUse,
                Messages = context.Set<Message>().LongCount(x => x.MailboxId == m.Id),
                Unseen = context.Set<Message>().LongCount(x => x.MailboxId == m.Id && (x.Flags & Seen) == 0),
                Size = context.Set<Message>().Where(x => x.MailboxId == m.Id).Sum(x => (long?)x.Size) ?? 0,
            })
            .ToListAsync(cancel);
        return rows.ConvertAll(m => new MailboxView(m.Name, m.SpecialUse, m.Messages, m.Unseen, m.Size));
    });

    private static async Task<(long Mailboxes, long Messages)> CountAsync(MailMeshContext context, IQueryable<Account> accounts, CancellationToken cancel)
    {
        var mailboxes = context.Mailboxes.Where(m => accounts.Any(a => a.Id == m.AccountId));
        return (await mailboxes.LongCountAsync(cancel), await context.Set<Message>().LongCountAsync(x => mailboxes.Any(m => m.Id == x.MailboxId), cancel));
    }

    private static string Normal(string address) => MailAddress.TryParse(address, out var parsed) ? parsed.ToString() : address;
}
