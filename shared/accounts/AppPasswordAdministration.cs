using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Accounts;

/// <summary>Passwords of single devices and programs: each opens IMAP, POP3 and submission, and none of them the account's own pages.</summary>
public sealed class AppPasswordAdministration(MailDatabase database, TimeProvider clock)
{
    public const int MaxPerAccount = 50;

    private const int MaxName = 100;

    /// <param name="account">The account's address.</param>
    /// <param name="name">What the user calls the device.</param>
    public Task<DirectoryOutcome<NewAppPassword>> AddAsync(string account, string name, CancellationToken cancellationToken = default) =>
        database.ChangeAsync<DirectoryOutcome<NewAppPassword>>(async context =>
        {
            if (await FindAsync(context, account, cancellationToken) is not { } row)
                return NoAccount(account);
            name = name.Trim();
            if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
                return new Refused(DirectoryRefusal.InvalidName, $"The name of a device has 1 to {MaxName} characters, and no control characters");
            var others = await context.AppPasswords.Where(p => p.AccountId == row.Id).Select(p => p.Name).ToListAsync(cancellationToken);
            if (others.Contains(name))
                return new Refused(DirectoryRefusal.AlreadyExists, $"'{row.Address}' has a password for '{name}' already");
            if (others.Count >= MaxPerAccount)
                return new Refused(DirectoryRefusal.InvalidName, $"'{row.Address}' has {MaxPerAccount} of them already: remove one first");
            var password = AppPasswordText.New();
            if (!AppPasswordText.TryHash(password, out var hash))
                throw new InvalidOperationException("A new password has not the form of one.");
            var added = new AppPassword { AccountId = row.Id, Name = name, PasswordHash = hash, CreatedAt = clock.GetUtcNow() };
            context.AppPasswords.Add(added);
            return new NewAppPassword(new AppPasswordInfo(row.Address, name, added.CreatedAt, null), password);
        }, cancellationToken);

    /// <param name="account">The account's address.</param>
    public Task<IReadOnlyList<AppPasswordInfo>> ListAsync(string account) => database.QueryAsync(async context =>
    {
        var address = AddressOf(account);
        var rows =
            from password in context.AppPasswords.AsNoTracking()
            join holder in context.Accounts on password.AccountId equals holder.Id
            where holder.Address == address
            orderby password.Name
            select new AppPasswordInfo(holder.Address, password.Name, password.CreatedAt, password.UsedAt);
        return (IReadOnlyList<AppPasswordInfo>)await rows.ToListAsync();
    });

    /// <summary>In force for the next login; sessions that are open stay.</summary>
    public Task<DirectoryOutcome<AppPasswordInfo>> RemoveAsync(string account, string name, CancellationToken cancellationToken = default) =>
        database.ChangeAsync<DirectoryOutcome<AppPasswordInfo>>(async context =>
        {
            if (await FindAsync(context, account, cancellationToken) is not { } row)
                return NoAccount(account);
            if (await context.AppPasswords.FirstOrDefaultAsync(p => p.AccountId == row.Id && p.Name == name.Trim(), cancellationToken) is not { } password)
                return new Refused(DirectoryRefusal.NotFound, $"'{row.Address}' has no password for '{name}'");
            context.AppPasswords.Remove(password);
            return new AppPasswordInfo(row.Address, password.Name, password.CreatedAt, password.UsedAt);
        }, cancellationToken);

    private static Task<Account?> FindAsync(MailMeshContext context, string account, CancellationToken cancellationToken)
    {
        var address = AddressOf(account);
        return context.Accounts.FirstOrDefaultAsync(a => a.Address == address, cancellationToken);
    }

    private static string AddressOf(string text) => MailAddress.TryParse(text, out var parsed) ? parsed.ToString() : text;

    private static Refused NoAccount(string address) => new(DirectoryRefusal.NotFound, $"There is no account '{address}'");
}

/// <param name="UsedAt">Null until it was first used; up to ten minutes behind.</param>
public sealed record AppPasswordInfo(string Account, string Name, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

/// <param name="Password">Shown once, and kept nowhere.</param>
public sealed record NewAppPassword(AppPasswordInfo Info, string Password);
