using MailMesh.Database;

namespace MailMesh.Accounts;

/// <summary>Who has mail here: resolves addresses and checks credentials.</summary>
public sealed class AccountDirectory(MailDatabase database, TimeProvider clock, AccountDirectoryOptions? options = null)
{
    /// <summary>Most levels of aliases that are followed.</summary>
    private const int MaxAliasLevels = 50;

    /// <summary>Most ends of one address: past it an expansion stops, so that no table of aliases can fill memory.</summary>
    private const int MaxExpansion = 10_000;

    /// <summary>How far behind the time may be at which an application password was used last: not every login is a write.</summary>
    private static readonly TimeSpan UseNotedEvery = TimeSpan.FromMinutes(10);

    private readonly MailDatabase _database = database;
    private readonly VerifiedPasswords _verified = new(clock);
    private readonly AccountDirectoryOptions _options = options ?? new AccountDirectoryOptions();
    private readonly string _hostname = options?.Hostname ?? "";

    /// <summary>What one address is to us, one step: an alias is not followed.</summary>
    /// <remarks>
    /// Case is ignored; user+detail@domain is user@domain where no such address exists of its own (RFC 5233); a disabled account is unknown.
    /// postmaster always exists in our domains (RFC 5321 §4.5.1): where it is no account or alias, it is the domain's oldest account. That of the
    /// server's own name, which notifications bear, is the one without a domain.
    /// </remarks>
    public Task<AddressResolution> ResolveAsync(string address) =>
        _database.ReadAsync(session => ResolveAsync(session, address));

    /// <summary>Follows aliases to their ends, without duplicates; a loop or more than 50 levels ends at what it has.</summary>
    /// <param name="enough">Ends behind which somebody is, with which the search may stop.</param>
    public Task<IReadOnlyList<AddressResolution>> ExpandAsync(string address, int enough = int.MaxValue) =>
        _database.ReadAsync(session => ExpandAsync(session, address, enough));

    /// <summary>The account that a mail program may use with this password, or null.</summary>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed: try again later.</exception>
    public async Task<AuthenticatedAccount?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken = default) =>
        (await CheckForMailAsync(user, password, cancellationToken)).Account;

    /// <summary>The login of a mail program: by an application password, or by the account's own where it has no second factor.</summary>
    /// <remarks>A wrong name and a wrong password take equal time; a disabled account is wrong.</remarks>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed: try again later.</exception>
    public async Task<PasswordCheck> CheckForMailAsync(string user, string password, CancellationToken cancellationToken = default)
    {
        var row = await FindCredentialsAsync(user);
        if (row is not null && AppPasswordText.TryHash(password, out var hash) && await TakeAppPasswordAsync(row.Id, hash, cancellationToken))
            return new PasswordCheck(row.Account, false);
        if (!await IsRightAsync(row, password, cancellationToken) || row is null)
            return default;
        return row.HasSecondFactor ? new PasswordCheck(null, NeedsSecondFactor: true) : new PasswordCheck(row.Account, false);
    }

    /// <summary>The login of a person on the web: by the account's own password, and a code where it has a second factor.</summary>
    /// <param name="code">Null where none was given.</param>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed: try again later.</exception>
    public async Task<PasswordCheck> CheckForWebAsync(string user, string password, string? code, CancellationToken cancellationToken = default)
    {
        var row = await FindCredentialsAsync(user);
        if (!await IsRightAsync(row, password, cancellationToken) || row is null)
            return default;
        if (!row.HasSecondFactor)
            return new PasswordCheck(row.Account, false);
        if (code is null)
            return new PasswordCheck(null, NeedsSecondFactor: true);
        return await new SecondFactor(_database, clock).TakeAsync(row.Id, row.SecondFactor!, code, cancellationToken) ? new PasswordCheck(row.Account, false) : default;
    }

    /// <summary>What SCRAM needs of a name. One that does not exist, is disabled or has no credentials yet gets some that no proof matches, and that look the same.</summary>
    public async Task<ScramCredentials> FindScramAsync(string user)
    {
        var address = MailAddress.TryParse(user, out var parsed) ? parsed.ToString() : null;
        var decoy = ScramCredentials.Decoy(_options.DecoyKey, address ?? user, _options.ScramIterations);
        if (address is null || await FindCredentialsAsync(address) is not { HasSecondFactor: false } row)
            return decoy;
        return ScramCredentials.TryParse(row.Password.Scram, out var credentials) && credentials.GoWith(row.Password.Hash) ? credentials : decoy;
    }

    /// <summary>The account whose address this is, for whoever has proved it otherwise than by its password; a disabled one is none.</summary>
    public async Task<AuthenticatedAccount?> FindAsync(string user) =>
        (await FindCredentialsAsync(user))?.Account;

    /// <summary>True when the account may send with this address: its own, one with a detail, an alias that leads to it, or one that it was granted.</summary>
    public async Task<bool> MaySendAsAsync(long accountId, string address)
    {
        var ends = await ExpandAsync(address);
        return ends.Any(end => end is AddressResolution.LocalAccount account && account.AccountId == accountId) || await IsGrantedAsync(accountId, address);
    }

    /// <summary>True where the account's mailboxes cannot take a message of so many octets beside what they hold. Who delivers has the last word.</summary>
    public Task<bool> IsFullAsync(AddressResolution.LocalAccount account, long octets) => account.HasQuota
        ? _database.ReadAsync(async session => await session.ScalarAsync<long>(CountFull, ("account", account.AccountId), ("octets", octets)) > 0)
        : Task.FromResult(false);

    private async Task<bool> IsGrantedAsync(long accountId, string text) =>
        MailAddress.TryParse(text, out var address) && address.Domain.Length > 0
        && await _database.ReadAsync(session => session.ScalarAsync<long>(
            "SELECT count(*) FROM send_grants WHERE account_id = @account AND address IN (@address, @plain, @whole)",
            ("account", accountId), ("address", address.ToString()), ("plain", address.WithoutDetail ?? ""), ("whole", "@" + address.Domain))) > 0;

    private async Task<IReadOnlyList<AddressResolution>> ExpandAsync(DatabaseSession session, string start, int enough)
    {
        var ends = new List<AddressResolution>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { start };
        var accounts = new HashSet<long>();
        var level = new List<string> { start };
        for (var depth = 0; depth <= MaxAliasLevels && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (var address in level)
            {
                var resolution = await ResolveAsync(session, address);
                if (resolution is AddressResolution.AliasTo alias)
                    next.AddRange(alias.Targets.Where(target => seen.Count < MaxExpansion && seen.Add(target)));
                else if (resolution is not AddressResolution.LocalAccount account || accounts.Add(account.AccountId))
                    ends.Add(resolution);
                if (ends.Count >= enough && ends.Count(end => end is not AddressResolution.Unknown) >= enough)
                    return ends;
            }
            level = next;
        }
        return ends;
    }

    private async Task<AddressResolution> ResolveAsync(DatabaseSession session, string text)
    {
        if (!MailAddress.TryParse(text, out var address))
            return text.Contains('@', StringComparison.Ordinal) && !await IsOurDomainOfAsync(session, text)
                ? new AddressResolution.Remote(text)
                : new AddressResolution.Unknown(text);
        if (address.Domain.Length == 0)
            return await PostmasterOfServerAsync(session, text);
        var found = await session.QueryAsync(FindAddress, Match.Read,
            ("domain", address.Domain), ("address", address.ToString()), ("plain", address.WithoutDetail ?? ""), ("catch_all", "@" + address.Domain));
        if (found.Count == 0 || found[0].Rank != 0)
            return IsPostmasterOfServer(address) ? await PostmasterOfServerAsync(session, text) : new AddressResolution.Remote(text);
        Match? best = found.Count > 1 ? found[1] : null; // row 0 is the domain
        if (address.IsPostmaster && (best is null || best.Value.Rank == CatchAllRank) && await PostmasterAsync(session, address.Domain) is { } postmaster)
            return postmaster;
        return best is { } match ? Take(match, found, text) : new AddressResolution.Unknown(text);
    }

    private static AddressResolution Take(Match best, List<Match> found, string text)
    {
        if (!best.IsAccount)
            return new AddressResolution.AliasTo([.. found.Where(match => match.Rank == best.Rank).Select(match => match.Text)]);
        return best.State == AccountState.Disabled
            ? new AddressResolution.Unknown(text)
            : new AddressResolution.LocalAccount(best.Id, best.Text) { HasQuota = best.State == AccountState.Limited };
    }

    /// <summary>An address that is no syntax of ours may still be one of a remote server.</summary>
    private static async Task<bool> IsOurDomainOfAsync(DatabaseSession session, string text) =>
        MailAddress.TryDomain(text[(text.LastIndexOf('@') + 1)..], out var domain)
        && await session.ScalarAsync<long>("SELECT count(*) FROM domains WHERE name = @domain", ("domain", domain)) > 0;

    private bool IsPostmasterOfServer(MailAddress address) =>
        address.IsPostmaster && address.Domain.Equals(_hostname, StringComparison.OrdinalIgnoreCase);

    private async Task<AddressResolution> PostmasterOfServerAsync(DatabaseSession session, string text)
    {
        var domain = await session.ScalarAsync<string>(
            "SELECT name FROM domains ORDER BY CASE WHEN name = @hostname THEN 0 ELSE 1 END, created_at, id LIMIT 1", ("hostname", _hostname));
        return domain is null ? new AddressResolution.Unknown(text) : await ResolveAsync(session, "postmaster@" + domain);
    }

    private static Task<AddressResolution.LocalAccount?> PostmasterAsync(DatabaseSession session, string domain) =>
        session.FirstAsync(
            $"SELECT a.id, a.address, {StateOfAccount} FROM accounts a JOIN domains d ON d.id = a.domain_id WHERE d.name = @domain AND a.enabled ORDER BY a.created_at, a.id LIMIT 1",
            row => new AddressResolution.LocalAccount(row.GetInt64(0), row.GetString(1)) { HasQuota = row.GetInt32(2) == (int)AccountState.Limited }, ("domain", domain));

    /// <summary>A password that was right stays verified in memory, as a keyed hash, for a few minutes: Argon2id is slow by design.</summary>
    private async Task<bool> IsRightAsync(Credentials? row, string password, CancellationToken cancellationToken)
    {
        if (row is null)
        {
            await PasswordHash.VerifyNothingAsync(password, cancellationToken);
            return false;
        }
        if (_verified.Contains(row.Id, row.Password.Hash, password))
            return true;
        if (!await PasswordHash.VerifyAsync(row.Password.Hash, password, cancellationToken))
            return false;
        await StrengthenAsync(row, password, cancellationToken);
        _verified.Add(row.Id, row.Password.Hash, password);
        return true;
    }

    /// <summary>True where the account has it; notes now and then when it was used.</summary>
    private async Task<bool> TakeAppPasswordAsync(long accountId, string hash, CancellationToken cancellationToken)
    {
        var found = await _database.ReadAsync(session => session.FirstAsync(
            "SELECT id, coalesce(used_at, 0) FROM app_passwords WHERE account_id = @account AND password_hash = @hash",
            row => new UsedPassword(row.GetInt64(0), row.GetInt64(1)), ("account", accountId), ("hash", hash)));
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (found is not null && now - found.UsedAt > UseNotedEvery.TotalMilliseconds)
            await _database.WriteAsync(session => session.ExecuteAsync("UPDATE app_passwords SET used_at = @now WHERE id = @id", ("id", found.Id), ("now", now)), cancellationToken);
        return found is not null;
    }

    private async Task<Credentials?> FindCredentialsAsync(string user) => !MailAddress.TryParse(user, out var address) ? null : await _database.ReadAsync(session => session.FirstAsync(
        "SELECT id, address, password_hash, scram, totp_secret FROM accounts WHERE address = @address AND enabled",
        row => new Credentials(
            row.GetInt64(0), row.GetString(1), new StoredPassword(row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)), row.IsDBNull(4) ? null : (byte[])row.GetValue(4)),
        ("address", address.ToString())));

    /// <summary>What is missing, or weaker than today's, is made again while the password is at hand.</summary>
    private async Task StrengthenAsync(Credentials row, string password, CancellationToken cancellationToken)
    {
        if (row.Password.IsCurrent(_options.ScramIterations))
            return;
        StoredPassword stronger;
        try
        {
            stronger = PasswordHash.IsWeak(row.Password.Hash)
                ? await StoredPassword.CreateAsync(password, _options.ScramIterations, cancellationToken)
                : await StoredPassword.WithScramAsync(row.Password.Hash, password, _options.ScramIterations, cancellationToken);
        }
        catch (AuthenticationBusyException)
        {
            return; // the password was right: another login makes them
        }
        // Not where the password has been changed meanwhile.
        if (stronger != row.Password)
            await _database.WriteAsync(session => session.ExecuteAsync(
                "UPDATE accounts SET password_hash = @hash, scram = @scram WHERE id = @id AND password_hash = @weak",
                ("hash", stronger.Hash), ("scram", stronger.Scram), ("id", row.Id), ("weak", row.Password.Hash)), cancellationToken);
    }

    private const int CatchAllRank = 5;

    /// <summary>As <see cref="AccountState"/> numbers it.</summary>
    private const string StateOfAccount =
        "CASE WHEN NOT enabled THEN 0 WHEN coalesce(quota_bytes, 0) > 0 OR coalesce(quota_messages, 0) > 0 THEN 2 ELSE 1 END";

    /// <summary>The domain, then what the address is, the most specific first.</summary>
    private const string FindAddress =
        $"""
        SELECT 0 AS rank, id, name AS text, 1 AS state FROM domains WHERE name = @domain
        UNION ALL SELECT 1, id, address, {StateOfAccount} FROM accounts WHERE address = @address
        UNION ALL SELECT 2, id, target, 1 FROM aliases WHERE source = @address
        UNION ALL SELECT 3, id, address, {StateOfAccount} FROM accounts WHERE address = @plain
        UNION ALL SELECT 4, id, target, 1 FROM aliases WHERE source = @plain
        UNION ALL SELECT 5, id, target, 1 FROM aliases WHERE source = @catch_all
        ORDER BY 1, 2
        """;

    /// <summary>Counts the account where so many octets, in one message more, pass its quota (RFC 9208).</summary>
    private const string CountFull =
        """
        SELECT count(*) FROM accounts a,
            (SELECT coalesce(sum(size_bytes), 0) AS octets, coalesce(sum(messages), 0) AS messages FROM mailboxes WHERE account_id = @account) used
        WHERE a.id = @account AND ((a.quota_bytes > 0 AND used.octets + @octets > a.quota_bytes) OR (a.quota_messages > 0 AND used.messages >= a.quota_messages))
        """;

    private enum AccountState
    {
        Disabled = 0,
        Enabled = 1,

        /// <summary>Enabled, with a quota.</summary>
        Limited = 2,
    }

    private readonly record struct Match(int Rank, long Id, string Text, AccountState State)
    {
        public bool IsAccount => Rank is 1 or 3;

        public static Match Read(System.Data.Common.DbDataReader row) => new(row.GetInt32(0), row.GetInt64(1), row.GetString(2), (AccountState)row.GetInt32(3));
    }

    /// <param name="SecondFactor">The secret of its codes; null for none.</param>
    private sealed record Credentials(long Id, string Address, StoredPassword Password, byte[]? SecondFactor)
    {
        public bool HasSecondFactor => SecondFactor is not null;

        public AuthenticatedAccount Account => new(Id, Address);
    }

    /// <param name="UsedAt">Unix milliseconds; 0 for never.</param>
    private sealed record UsedPassword(long Id, long UsedAt);
}
