using System.Data.Common;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Mailboxes by the names under which a reader sees them, its own and those that others share with it (RFC 4314), and what it may do there.</summary>
/// <remarks>
/// Rights are read from the database each time: one that is taken away is gone at once. A mailbox that the reader has no right to know
/// of is answered as one that is not there (RFC 4314 §6).
/// </remarks>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxAccess(MailDatabase database, MailboxDirectory directory)
{
    /// <summary>Rows of rights that are looked at for one reader's list: four identifiers of each of 10,000 mailboxes.</summary>
    private const int MaxSharedRows = 4 * MailboxDirectory.MaxMailboxes;

    private const string Shared =
        $"""
        SELECT {MailboxRows.QualifiedColumns}, a.address, r.identifier, r.rights
        FROM mailbox_rights r JOIN mailboxes m ON m.id = r.mailbox_id JOIN accounts a ON a.id = m.account_id
        WHERE r.identifier IN (@address, @domain, @not_address, @not_domain) AND m.account_id <> @reader
        ORDER BY m.id LIMIT @limit
        """;

    private static readonly Script OwnAndShared = new($"SELECT {MailboxRows.Columns} FROM mailboxes WHERE account_id = @reader", Shared);

    /// <summary>Null where there is none that the reader has any right in.</summary>
    public async Task<ReachedMailbox?> FindAsync(MailboxReader reader, string path)
    {
        if (!MailboxPath.IsOthers(path))
            return await directory.FindAsync(reader.AccountId, path) is { } own ? new ReachedMailbox(own, reader.Address, own.Name, MailboxRights.All) : null;
        if (!MailboxPath.TrySplit(path, out var owner, out var name) || owner == reader.Address)
            return null;
        name = MailboxName.Normalize(name);
        return await database.ReadAsync(async session =>
        {
            if (await OwnerIdAsync(session, owner) is not (> 0 and var account) || await MailboxRows.FindAsync(session, account, name) is not { } mailbox)
                return null;
            var rights = await RightsRows.OfAsync(session, mailbox.Id, reader.Address);
            return rights == MailboxRights.None ? null : new ReachedMailbox(mailbox, owner, MailboxPath.Of(owner, mailbox.Name), rights);
        });
    }

    /// <summary>The mailbox, where the reader has these rights there.</summary>
    public async Task<ReachedMailbox> RequireAsync(MailboxReader reader, string path, MailboxRights needed)
    {
        var mailbox = await FindAsync(reader, path) ?? throw MailboxRows.Missing();
        if (mailbox.May(needed))
            return mailbox;
        throw mailbox.May(MailboxRights.Lookup) ? NoPermission() : MailboxRows.Missing();
    }

    /// <summary>The mailbox, where the reader has these rights and it can hold messages.</summary>
    public async Task<ReachedMailbox> RequireSelectableAsync(MailboxReader reader, string path, MailboxRights needed)
    {
        var mailbox = await RequireAsync(reader, path, needed);
        return mailbox.Mailbox.NoSelect ? throw MailboxRows.Missing() : mailbox;
    }

    /// <summary>What the reader may do with a mailbox now; none where it is gone.</summary>
    public Task<MailboxRights> RightsAsync(MailboxReader reader, MailboxInfo mailbox) => mailbox.AccountId == reader.AccountId
        ? Task.FromResult(MailboxRights.All)
        : database.ReadAsync(session => RightsRows.OfAsync(session, mailbox.Id, reader.Address));

    /// <summary>The reader's own mailboxes as <see cref="MailboxDirectory.ListAsync"/> orders them, then those of others that it may look up.</summary>
    public async Task<IReadOnlyList<ReachedMailbox>> ListAsync(MailboxReader reader)
    {
        var (own, shared) = await database.ReadScriptAsync(async run =>
        {
            var (own, shared) = (new List<MailboxInfo>(), new List<SharedRow>());
            await run(OwnAndShared, ParametersOf(reader), row => own.Add(MailboxRows.Read(row)), row => shared.Add(ReadShared(row)));
            return (own, shared);
        });
        var mailboxes = own.Count > 0 ? MailboxDirectory.Ordered(own) : await directory.ListAsync(reader.AccountId);
        return [.. mailboxes.Select(mailbox => new ReachedMailbox(mailbox, reader.Address, mailbox.Name, MailboxRights.All)), .. Reached(shared)];
    }

    /// <summary>Mailboxes of others that the reader may look up, ordered by their paths.</summary>
    public async Task<IReadOnlyList<ReachedMailbox>> SharedAsync(MailboxReader reader) =>
        [.. Reached(await database.ReadAsync(session => session.QueryAsync(Shared, ReadShared, ParametersOf(reader))))];

    /// <summary>RFC 9208: use and limits of an account.</summary>
    public Task<QuotaUse> QuotaAsync(long accountId) => database.ReadSnapshotAsync(session => Quota.UseAsync(session, accountId));

    /// <summary>RFC 4314 §4: k in the nearest mailbox above that exists. One's own are made as one likes.</summary>
    public async Task<MailboxInfo> CreateAsync(MailboxReader reader, string path, string? specialUse = null)
    {
        if (!MailboxPath.IsOthers(path))
            return await directory.CreateAsync(reader.AccountId, path, specialUse);
        if (await FindAsync(reader, path.TrimEnd('/')) is { Mailbox.NoSelect: false } existing && existing.May(MailboxRights.Lookup))
            throw new MailboxException(MailboxRefusal.AlreadyExists, "The mailbox exists.");
        var (account, name) = await PlaceAsync(reader, path);
        return await directory.CreateAsync(account, name);
    }

    /// <summary>RFC 4314 §4: x.</summary>
    public async Task DeleteAsync(MailboxReader reader, string path)
    {
        if (!MailboxPath.IsOthers(path))
        {
            await directory.DeleteAsync(reader.AccountId, path);
            return;
        }
        var mailbox = await RequireAsync(reader, path, MailboxRights.Delete);
        await directory.DeleteAsync(mailbox.Mailbox.AccountId, mailbox.Mailbox.Name);
    }

    /// <summary>RFC 4314 §4: x, and k in the nearest mailbox above the new name. A mailbox stays in its account.</summary>
    /// <returns>Both names as the reader sees them.</returns>
    public async Task<(string From, string To)> RenameAsync(MailboxReader reader, string from, string to)
    {
        if (!MailboxPath.IsOthers(from) && !MailboxPath.IsOthers(to))
            return await directory.RenameAsync(reader.AccountId, from, to);
        var mailbox = await RequireAsync(reader, from, MailboxRights.Delete);
        if (mailbox.IsOwn || !MailboxPath.IsOthers(to))
            throw new MailboxException(MailboxRefusal.Cannot, "A mailbox cannot move to another account.");
        if (mailbox.Mailbox.Name == MailboxName.Inbox)
            throw new MailboxException(MailboxRefusal.Cannot, "INBOX of another user cannot be renamed.");
        var (account, name) = await PlaceAsync(reader, to);
        if (account != mailbox.Mailbox.AccountId)
            throw new MailboxException(MailboxRefusal.Cannot, "A mailbox cannot move to another account.");
        var renamed = await directory.RenameAsync(account, mailbox.Mailbox.Name, name);
        return (mailbox.Path, MailboxPath.Of(mailbox.Owner, renamed.To));
    }

    /// <summary>Account and name of a mailbox of others that the reader may make.</summary>
    private async Task<(long AccountId, string Name)> PlaceAsync(MailboxReader reader, string path)
    {
        // One answer whether there is such an account or not.
        if (!MailboxPath.TrySplit(path.TrimEnd('/'), out var owner, out var name) || owner == reader.Address)
            throw NoPermission();
        name = MailboxName.Normalize(name);
        var account = await database.ReadAsync(async session =>
        {
            var account = await OwnerIdAsync(session, owner);
            foreach (var superior in MailboxName.Superiors(name).Reverse())
            {
                if (account > 0 && await MailboxRows.FindAsync(session, account, superior) is { } above)
                    return (await RightsRows.OfAsync(session, above.Id, reader.Address)).HasFlag(MailboxRights.Create) ? account : 0;
            }
            return 0;
        });
        return account > 0 ? (account, name) : throw NoPermission();
    }

    private static (string, object?)[] ParametersOf(MailboxReader reader) =>
        [("@reader", reader.AccountId), ("@limit", MaxSharedRows), .. RightsRows.Identifiers(reader.Address)];

    private static SharedRow ReadShared(DbDataReader row) => new(MailboxRows.Read(row), row.GetString(10), (row.GetString(11), row.GetString(12)));

    private static IEnumerable<ReachedMailbox> Reached(List<SharedRow> rows) => rows
        .GroupBy(row => (row.Mailbox, row.Owner), row => row.Right)
        .Select(group => new ReachedMailbox(group.Key.Mailbox, group.Key.Owner, MailboxPath.Of(group.Key.Owner, group.Key.Mailbox.Name), RightsHolder.Sum(group)))
        .Where(mailbox => mailbox.May(MailboxRights.Lookup) && MailboxPath.CanShow(mailbox.Owner))
        .OrderBy(mailbox => mailbox.Path, StringComparer.Ordinal);

    private static Task<long> OwnerIdAsync(DatabaseSession session, string address) =>
        session.ScalarAsync<long>("SELECT id FROM accounts WHERE address = @address", ("@address", address));

    private static MailboxException NoPermission() => new(MailboxRefusal.NoPermission, "You have no right to do that.");

    /// <summary>A mailbox of another account, and one of the rights that concern the reader there.</summary>
    private sealed record SharedRow(MailboxInfo Mailbox, string Owner, (string Identifier, string Rights) Right);
}
