using System.Net;
using System.Text;
using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Accounts;

/// <summary>Changes domains, accounts, aliases and routes; each change is in force for the next message and login.</summary>
public sealed class AccountAdministration(MailDatabase database, TimeProvider clock, AccountDirectoryOptions? options = null)
{
    private readonly int _iterations = (options ?? new AccountDirectoryOptions()).ScramIterations;

    // How good a password must be is the operator's policy; ours is that it is one and does not take the memory.
    private const int MaxPasswordOctets = 1024;

    public Task<DirectoryOutcome<DomainInfo>> AddDomainAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync<DomainInfo>(async context =>
        {
            if (!TryOurDomain(name, out var domain))
                return new Refused(DirectoryRefusal.InvalidName, $"'{name}' is no domain name");
            if (await context.Domains.AnyAsync(d => d.Name == domain, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"The domain '{domain}' exists already");
            var row = new Domain { Name = domain, CreatedAt = clock.GetUtcNow() };
            context.Domains.Add(row);
            return new DomainInfo(row.Name, row.CreatedAt, 0, 0);
        }, cancellationToken);

    /// <param name="after">Name of the last domain of the page before.</param>
    public Task<IReadOnlyList<DomainInfo>> ListDomainsAsync(string after = "", int limit = int.MaxValue) => database.QueryAsync(async context =>
        (IReadOnlyList<DomainInfo>)await context.Domains.AsNoTracking()
            .Where(d => string.Compare(d.Name, after) > 0).OrderBy(d => d.Name).Take(limit)
            .Select(d => new DomainInfo(
                d.Name, d.CreatedAt, context.Accounts.Count(a => a.DomainId == d.Id), context.Aliases.Where(a => a.Source.EndsWith("@" + d.Name)).Select(a => a.Source).Distinct().Count()))
            .ToListAsync());

    /// <summary>Removes a domain.</summary>
    /// <param name="withContents">Accounts with their mailboxes, and aliases, go too; otherwise a domain that has some stays.</param>
    public Task<DirectoryOutcome<DomainInfo>> RemoveDomainAsync(string name, bool withContents = false, CancellationToken cancellationToken = default) =>
        ChangeAsync<DomainInfo>(async context =>
        {
            var row = await FindDomainAsync(context, name, cancellationToken);
            if (row is null)
                return new Refused(DirectoryRefusal.NotFound, $"There is no domain '{name}'");
            await context.LockDomainAsync(row.Name, cancellationToken);
            var accounts = await context.Accounts.CountAsync(a => a.DomainId == row.Id, cancellationToken);
            var suffix = "@" + row.Name;
            var aliases = await context.Aliases.CountAsync(a => a.Source.EndsWith(suffix), cancellationToken);
            if (accounts + aliases > 0 && !withContents)
                return new Refused(DirectoryRefusal.DomainInUse, $"The domain '{row.Name}' still has {accounts} accounts and {aliases} aliases");
            await context.Aliases.Where(a => a.Source.EndsWith(suffix)).ExecuteDeleteAsync(cancellationToken);
            var gone = context.Accounts.Where(a => a.DomainId == row.Id).Select(a => a.Id);
            await context.MailboxAnnotations.Where(a => gone.Contains(a.ReaderId)).ExecuteDeleteAsync(cancellationToken);
            await context.ServerAnnotations.Where(a => gone.Contains(a.ReaderId)).ExecuteDeleteAsync(cancellationToken);
            await context.Accounts.Where(a => a.DomainId == row.Id).ExecuteDeleteAsync(cancellationToken);
            await context.MailboxRights.Where(r => r.Identifier.EndsWith(suffix)).ExecuteDeleteAsync(cancellationToken);
            context.Domains.Remove(row);
            return new DomainInfo(row.Name, row.CreatedAt, accounts, aliases);
        }, cancellationToken);

    /// <param name="address">local-part@domain, without a '+': what follows one is a detail (RFC 5233).</param>
    public async Task<DirectoryOutcome<AccountInfo>> AddAccountAsync(
        string address, string password, string? displayName = null, CancellationToken cancellationToken = default)
    {
        if (CheckPassword(password) is { } weak)
            return weak;
        var stored = await StoredPassword.CreateAsync(password, _iterations, cancellationToken); // outside the write gate: it takes a while
        return await ChangeAsync<AccountInfo>(async context =>
        {
            if (!MailAddress.TryParse(address, out var parsed) || parsed.Domain.Length == 0 || parsed.WithoutDetail is not null)
                return new Refused(DirectoryRefusal.InvalidAddress, $"'{address}' is no address of an account");
            await context.LockDomainAsync(parsed.Domain, cancellationToken); // an address is an account or an alias, never both
            var domain = await context.Domains.FirstOrDefaultAsync(d => d.Name == parsed.Domain, cancellationToken);
            if (domain is null)
                return NotOurs(parsed.Domain);
            var text = parsed.ToString();
            if (await IsTakenAsync(context, text, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"'{text}' exists already");
            var row = new Account
            {
                DomainId = domain.Id,
                Address = text,
                PasswordHash = stored.Hash,
                Scram = stored.Scram,
                DisplayName = displayName,
                CreatedAt = clock.GetUtcNow(),
            };
            context.Accounts.Add(row);
            await context.SaveChangesAsync(cancellationToken); // gives the id
            return Info(row);
        }, cancellationToken);
    }

    /// <param name="domain">Of one domain, or of all.</param>
    /// <param name="after">Address of the last account of the page before.</param>
    public Task<IReadOnlyList<AccountInfo>> ListAccountsAsync(string? domain = null, string after = "", int limit = int.MaxValue) => database.QueryAsync(async context =>
    {
        var rows = context.Accounts.AsNoTracking();
        if (domain is not null)
        {
            var name = MailAddress.TryDomain(domain, out var parsed) ? parsed : domain;
            rows = rows.Where(a => context.Domains.Any(d => d.Id == a.DomainId && d.Name == name));
        }
        var found = await rows.Where(a => string.Compare(a.Address, after) > 0).OrderBy(a => a.Address).Take(limit).ToListAsync();
        return (IReadOnlyList<AccountInfo>)[.. found.Select(Info)];
    });

    public Task<AccountInfo?> FindAccountAsync(string address) => database.QueryAsync(async context =>
        await FindAccountAsync(context, address, default) is { } row ? Info(row) : null);

    public async Task<DirectoryOutcome<AccountInfo>> SetPasswordAsync(string address, string password, CancellationToken cancellationToken = default)
    {
        if (CheckPassword(password) is { } weak)
            return weak;
        var stored = await StoredPassword.CreateAsync(password, _iterations, cancellationToken);
        return await ChangeAccountAsync(address, row => (row.PasswordHash, row.Scram) = (stored.Hash, stored.Scram), cancellationToken);
    }

    public Task<DirectoryOutcome<AccountInfo>> SetDisplayNameAsync(string address, string? displayName, CancellationToken cancellationToken = default) =>
        ChangeAccountAsync(address, row => row.DisplayName = displayName, cancellationToken);

    /// <summary>A disabled account keeps its mail, but neither authenticates nor receives.</summary>
    public Task<DirectoryOutcome<AccountInfo>> SetEnabledAsync(string address, bool enabled, CancellationToken cancellationToken = default) =>
        ChangeAccountAsync(address, row => row.Enabled = enabled, cancellationToken);

    /// <summary>What the account's mailboxes may hold together. What they hold already stays, also above it.</summary>
    /// <param name="octets">0 for no limit, null to leave it as it is.</param>
    /// <param name="messages">0 for no limit, null to leave it as it is.</param>
    public async Task<DirectoryOutcome<AccountInfo>> SetQuotaAsync(string address, long? octets, long? messages, CancellationToken cancellationToken = default)
    {
        if (octets < 0 || messages < 0)
            return new Refused(DirectoryRefusal.InvalidName, "A quota is a number from 0, which is no limit");
        return await ChangeAccountAsync(address, row =>
        {
            row.QuotaBytes = octets is null ? row.QuotaBytes : octets > 0 ? octets : null;
            row.QuotaMessages = messages is null ? row.QuotaMessages : messages > 0 ? messages : null;
        }, cancellationToken);
    }

    /// <summary>Removes the account with all its mailboxes.</summary>
    public Task<DirectoryOutcome<AccountInfo>> RemoveAccountAsync(string address, CancellationToken cancellationToken = default) =>
        ChangeAsync<AccountInfo>(async context =>
        {
            if (await FindAccountAsync(context, address, cancellationToken) is not { } row)
                return NoAccount(address);
            context.Accounts.Remove(row);
            // What it could do in mailboxes of others is not for somebody who gets the address later.
            await context.MailboxAnnotations.Where(a => a.ReaderId == row.Id).ExecuteDeleteAsync(cancellationToken);
            await context.ServerAnnotations.Where(a => a.ReaderId == row.Id).ExecuteDeleteAsync(cancellationToken);
            var (holder, denied) = (row.Address, "-" + row.Address);
            await context.MailboxRights.Where(r => r.Identifier == holder || r.Identifier == denied).ExecuteDeleteAsync(cancellationToken);
            return Info(row);
        }, cancellationToken);

    /// <param name="source">An address of a domain of ours, or '@domain' for every address of the domain that is nothing else.</param>
    /// <param name="target">An address, local or remote.</param>
    public Task<DirectoryOutcome<AliasInfo>> AddAliasAsync(string source, string target, CancellationToken cancellationToken = default) =>
        ChangeAsync<AliasInfo>(async context =>
        {
            if (!TrySource(source, out var from))
                return new Refused(DirectoryRefusal.InvalidAddress, $"'{source}' is neither an address nor '@domain'");
            if (!MailAddress.TryParse(target, out var to) || to.Domain.Length == 0)
                return new Refused(DirectoryRefusal.InvalidAddress, $"'{target}' is no address");
            await context.LockDomainAsync(from.Domain, cancellationToken);
            if (!await context.Domains.AnyAsync(d => d.Name == from.Domain, cancellationToken))
                return NotOurs(from.Domain);
            var text = from.ToString();
            if (await context.Accounts.AnyAsync(a => a.Address == text, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"'{text}' is an account: it cannot stand for others too");
            // A remote local-part keeps its case: its own server alone knows what it means (RFC 5321 §2.4).
            var ours = await context.Domains.AnyAsync(d => d.Name == to.Domain, cancellationToken);
            var row = new Alias { Source = text, Target = ours ? to.ToString() : target, CreatedAt = clock.GetUtcNow() };
            if (await context.Aliases.AnyAsync(a => a.Source == row.Source && a.Target == row.Target, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"The alias '{row.Source}' to '{row.Target}' exists already");
            context.Aliases.Add(row);
            return new AliasInfo(row.Source, row.Target, row.CreatedAt);
        }, cancellationToken);

    /// <param name="domain">Of one domain, or of all.</param>
    /// <param name="after">The last alias of the page before.</param>
    public Task<IReadOnlyList<AliasInfo>> ListAliasesAsync(string? domain = null, (string Source, string Target) after = default, int limit = int.MaxValue) => database.QueryAsync(async context =>
    {
        var rows = context.Aliases.AsNoTracking();
        if (domain is not null)
        {
            var suffix = "@" + (MailAddress.TryDomain(domain, out var parsed) ? parsed : domain);
            rows = rows.Where(a => a.Source.EndsWith(suffix));
        }
        var (source, target) = (after.Source ?? "", after.Target ?? "");
        return (IReadOnlyList<AliasInfo>)await rows
            .Where(a => string.Compare(a.Source, source) > 0 || (a.Source == source && string.Compare(a.Target, target) > 0))
            .OrderBy(a => a.Source).ThenBy(a => a.Target).Take(limit)
            .Select(a => new AliasInfo(a.Source, a.Target, a.CreatedAt)).ToListAsync();
    });

    /// <param name="target">One target, or null for the whole alias.</param>
    public Task<DirectoryOutcome<RemovedAliases>> RemoveAliasAsync(string source, string? target = null, CancellationToken cancellationToken = default) =>
        ChangeAsync<RemovedAliases>(async context =>
        {
            var text = TrySource(source, out var from) ? from.ToString() : source;
            var rows = await context.Aliases.Where(a => a.Source == text).ToListAsync(cancellationToken);
            if (target is not null)
                rows.RemoveAll(row => !row.Target.Equals(target, StringComparison.OrdinalIgnoreCase));
            if (rows.Count == 0)
                return new Refused(DirectoryRefusal.NotFound, $"There is no such alias '{source}'");
            context.Aliases.RemoveRange(rows);
            return new RemovedAliases([.. rows.Select(row => new AliasInfo(row.Source, row.Target, row.CreatedAt))]);
        }, cancellationToken);

    public Task<DirectoryOutcome<RouteInfo>> AddRouteAsync(NewRoute route, CancellationToken cancellationToken = default) =>
        ChangeAsync<RouteInfo>(async context =>
        {
            if (!TryRouteDomain(route.Domain, out var domain))
                return new Refused(DirectoryRefusal.InvalidName, $"'{route.Domain}' is neither a domain name nor '*'");
            if (!IPAddress.TryParse(route.Host, out _) && !MailAddress.TryDomain(route.Host, out _))
                return new Refused(DirectoryRefusal.InvalidName, $"'{route.Host}' is neither a host name nor an address");
            if (route.Port is < 1 or > 65535)
                return new Refused(DirectoryRefusal.InvalidName, $"'{route.Port}' is no port");
            if (await context.Routes.AnyAsync(r => r.Domain == domain, cancellationToken))
                return new Refused(DirectoryRefusal.AlreadyExists, $"The domain '{domain}' has a route already");
            var row = new Route
            {
                Domain = domain,
                Host = route.Host,
                Port = route.Port,
                Username = route.Username,
                Password = route.Password,
                CreatedAt = clock.GetUtcNow(),
            };
            context.Routes.Add(row);
            return Info(row);
        }, cancellationToken);

    /// <param name="after">Domain of the last route of the page before.</param>
    public Task<IReadOnlyList<RouteInfo>> ListRoutesAsync(string after = "", int limit = int.MaxValue) => database.QueryAsync(async context =>
    {
        var rows = await context.Routes.AsNoTracking().Where(r => string.Compare(r.Domain, after) > 0).OrderBy(r => r.Domain).Take(limit).ToListAsync();
        return (IReadOnlyList<RouteInfo>)[.. rows.Select(Info)];
    });

    public Task<DirectoryOutcome<RouteInfo>> RemoveRouteAsync(string domain, CancellationToken cancellationToken = default) =>
        ChangeAsync<RouteInfo>(async context =>
        {
            var name = TryRouteDomain(domain, out var parsed) ? parsed : domain;
            if (await context.Routes.FirstOrDefaultAsync(r => r.Domain == name, cancellationToken) is not { } row)
                return new Refused(DirectoryRefusal.NotFound, $"There is no route of '{domain}'");
            context.Routes.Remove(row);
            return Info(row);
        }, cancellationToken);

    private Task<DirectoryOutcome<AccountInfo>> ChangeAccountAsync(string address, Action<Account> change, CancellationToken cancellationToken) =>
        ChangeAsync<AccountInfo>(async context =>
        {
            if (await FindAccountAsync(context, address, cancellationToken) is not { } row)
                return NoAccount(address);
            change(row);
            return Info(row);
        }, cancellationToken);

    private Task<DirectoryOutcome<T>> ChangeAsync<T>(Func<MailMeshContext, Task<DirectoryOutcome<T>>> change, CancellationToken cancellationToken)
        where T : class => database.ChangeAsync(change, cancellationToken);

    private static Task<Domain?> FindDomainAsync(MailMeshContext context, string name, CancellationToken cancellationToken)
    {
        var text = MailAddress.TryDomain(name, out var domain) ? domain : name;
        return context.Domains.FirstOrDefaultAsync(d => d.Name == text, cancellationToken);
    }

    private static Task<Account?> FindAccountAsync(MailMeshContext context, string address, CancellationToken cancellationToken)
    {
        var text = MailAddress.TryParse(address, out var parsed) ? parsed.ToString() : address;
        return context.Accounts.FirstOrDefaultAsync(a => a.Address == text, cancellationToken);
    }

    private static async Task<bool> IsTakenAsync(MailMeshContext context, string address, CancellationToken cancellationToken) =>
        await context.Accounts.AnyAsync(a => a.Address == address, cancellationToken)
        || await context.Aliases.AnyAsync(a => a.Source == address, cancellationToken);

    private static Refused? CheckPassword(string password)
    {
        if (password.Length == 0)
            return new Refused(DirectoryRefusal.InvalidPassword, "A password takes at least one character");
        return Encoding.UTF8.GetByteCount(password) > MaxPasswordOctets
            ? new Refused(DirectoryRefusal.InvalidPassword, $"A password takes at most {MaxPasswordOctets} octets")
            : null;
    }

    private static bool TryOurDomain(string name, out string domain)
    {
        domain = MailAddress.TryDomain(name, out var parsed) ? parsed : "";
        return domain.Length > 0 && !IPAddress.TryParse(domain, out _);
    }

    private static bool TryRouteDomain(string name, out string domain)
    {
        domain = name == "*" ? "*" : MailAddress.TryDomain(name, out var parsed) ? parsed : "";
        return domain.Length > 0;
    }

    private static bool TrySource(string source, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MailAddress? address) =>
        MailAddress.TryCatchAll(source, out address) || (MailAddress.TryParse(source, out address) && address.Domain.Length > 0);

    private static Refused NotOurs(string domain) => new(DirectoryRefusal.DomainNotOurs, $"The domain '{domain}' is not ours: add it first");

    private static Refused NoAccount(string address) => new(DirectoryRefusal.NotFound, $"There is no account '{address}'");

    private static AccountInfo Info(Account row) => new(row.Id, row.Address, row.DisplayName, row.Enabled, row.CreatedAt, row.QuotaBytes, row.QuotaMessages);

    private static RouteInfo Info(Route row) => new(row.Domain, row.Host, row.Port, row.Username, row.CreatedAt);
}
