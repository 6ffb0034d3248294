using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Accounts;

/// <summary>Gives accounts addresses to send with that are not their own; in force for the next message.</summary>
public sealed class SendGrantAdministration(MailDatabase database, TimeProvider clock)
{
    /// <param name="account">The account's address.</param>
    /// <param name="address">An address, here or elsewhere, or '@domain' for every address of a domain of ours.</param>
    public Task<DirectoryOutcome<SendGrantInfo>> AddAsync(string account, string address, CancellationToken cancellationToken = default) =>
        ChangeAsync(async context =>
        {
            if (await FindAsync(context, account, cancellationToken) is not { } row)
                return NoAccount(account);
            if (!TryAddress(address, out var granted))
                return new Refused(DirectoryRefusal.InvalidAddress, $"'{address}' is neither an address nor '@domain'");
            if (granted.LocalPart.Length == 0 && !await context.Domains.AnyAsync(d => d.Name == granted.Domain, cancellationToken))
                return new Refused(DirectoryRefusal.DomainNotOurs, $"The domain '{granted.Domain}' is not ours: add it first");
            var text = granted.ToString();
            if (await context.SendGrants.AnyAsync(g => g.AccountId == row.Id && g.Address == text, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"'{row.Address}' may send as '{text}' already");
            var grant = new SendGrant { AccountId = row.Id, Address = text, CreatedAt = clock.GetUtcNow() };
            context.SendGrants.Add(grant);
            return new SendGrantInfo(row.Address, grant.Address, grant.CreatedAt);
        }, cancellationToken);

    /// <param name="account">Of one account, or of all.</param>
    /// <param name="after">The last grant of the page before.</param>
    public Task<IReadOnlyList<SendGrantInfo>> ListAsync(string? account = null, (string Account, string Address) after = default, int limit = int.MaxValue) => database.QueryAsync(async context =>
    {
        var owner = account is not null && MailAddress.TryParse(account, out var parsed) ? parsed.ToString() : account;
        var (afterAccount, afterAddress) = (after.Account ?? "", after.Address ?? "");
        var rows =
            from grant in context.SendGrants.AsNoTracking()
            join holder in context.Accounts on grant.AccountId equals holder.Id
            where owner == null || holder.Address == owner
            where string.Compare(holder.Address, afterAccount) > 0 || (holder.Address == afterAccount && string.Compare(grant.Address, afterAddress) > 0)
            orderby holder.Address, grant.Address
            select new SendGrantInfo(holder.Address, grant.Address, grant.CreatedAt);
        return (IReadOnlyList<SendGrantInfo>)await rows.Take(limit).ToListAsync();
    });

    public Task<DirectoryOutcome<SendGrantInfo>> RemoveAsync(string account, string address, CancellationToken cancellationToken = default) =>
        ChangeAsync(async context =>
        {
            if (await FindAsync(context, account, cancellationToken) is not { } row)
                return NoAccount(account);
            var text = TryAddress(address, out var granted) ? granted.ToString() : address;
            if (await context.SendGrants.FirstOrDefaultAsync(g => g.AccountId == row.Id && g.Address == text, cancellationToken) is not { } grant)
                return new Refused(DirectoryRefusal.NotFound, $"'{row.Address}' was not granted '{text}'");
            context.SendGrants.Remove(grant);
            return new SendGrantInfo(row.Address, grant.Address, grant.CreatedAt);
        }, cancellationToken);

    private Task<DirectoryOutcome<SendGrantInfo>> ChangeAsync(Func<MailMeshContext, Task<DirectoryOutcome<SendGrantInfo>>> change, CancellationToken cancellationToken) =>
        database.ChangeAsync(change, cancellationToken);

    private static Task<Account?> FindAsync(MailMeshContext context, string address, CancellationToken cancellationToken)
    {
        var text = MailAddress.TryParse(address, out var parsed) ? parsed.ToString() : address;
        return context.Accounts.FirstOrDefaultAsync(a => a.Address == text, cancellationToken);
    }

    private static bool TryAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MailAddress? address) =>
        MailAddress.TryCatchAll(text, out address) || (MailAddress.TryParse(text, out address) && address.Domain.Length > 0);

    private static Refused NoAccount(string address) => new(DirectoryRefusal.NotFound, $"There is no account '{address}'");
}

/// <summary>The account may send with the address, or with every address of '@domain'.</summary>
public sealed record SendGrantInfo(string Account, string Address, DateTimeOffset CreatedAt);
