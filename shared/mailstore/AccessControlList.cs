using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 4314: the rights that the owner of a mailbox, or whoever administers it, gives to others. The owner itself has all, always.</summary>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class AccessControlList(MailDatabase database, IMessageBus bus)
{
    /// <summary>Identifiers of one mailbox: above that a group is meant, and 'anyone' serves.</summary>
    public const int MaxEntries = 500;

    /// <summary>The owner first.</summary>
    /// <param name="owner">Address of the mailbox's account.</param>
    public async Task<IReadOnlyList<RightsEntry>> GetAsync(long mailboxId, string owner)
    {
        var rows = await database.ReadAsync(session => session.QueryAsync(
            "SELECT identifier, rights FROM mailbox_rights WHERE mailbox_id = @mailbox ORDER BY identifier",
            row => new RightsEntry(RightsHolder.Format(row.GetString(0), owner), MailboxRightsText.Parse(row.GetString(1)) ?? MailboxRights.None),
            ("@mailbox", mailboxId)));
        return [new RightsEntry(owner, MailboxRights.All), .. rows];
    }

    /// <summary>Replaces, adds to or takes from the rights of an identifier; one without rights leaves the list.</summary>
    public async Task SetAsync(long mailboxId, string owner, string identifier, FlagOperation operation, MailboxRights rights)
    {
        var holder = RightsHolder.Parse(identifier, owner) ?? throw new MailboxException(MailboxRefusal.Cannot, "That is no identifier.");
        if (holder == "-" + owner)
            throw OwnerKeepsAll();
        if (holder == owner)
        {
            KeepOwner(operation, rights);
            return;
        }
        await database.WriteAsync(async session =>
        {
            await MailboxRows.LockAsync(session, mailboxId);
            var before = MailboxRightsText.Parse(await session.ScalarAsync<string>(
                "SELECT rights FROM mailbox_rights WHERE mailbox_id = @mailbox AND identifier = @identifier", ("@mailbox", mailboxId), ("@identifier", holder)) ?? "");
            var after = Apply(before ?? MailboxRights.None, operation, rights);
            if (after == MailboxRights.None)
                await DeleteAsync(session, mailboxId, holder);
            else
                await PutAsync(session, mailboxId, holder, after);
        });
        await TellAsync(owner, holder);
    }

    /// <summary>Takes an identifier off the list; one that is not there is off it already.</summary>
    public async Task RemoveAsync(long mailboxId, string owner, string identifier)
    {
        var holder = RightsHolder.Parse(identifier, owner) ?? throw new MailboxException(MailboxRefusal.Cannot, "That is no identifier.");
        if (holder == owner)
            throw OwnerKeepsAll();
        await database.WriteAsync(session => DeleteAsync(session, mailboxId, holder));
        await TellAsync(owner, holder);
    }

    /// <summary>Those who look at the owner's mailboxes, and who could not until now. Of a whole domain the others hear with their next news.</summary>
    private async Task TellAsync(string owner, string holder)
    {
        var accounts = await database.ReadAsync(session => session.QueryAsync(
            "SELECT id FROM accounts WHERE address IN (@owner, @holder)", row => row.GetInt64(0), ("@owner", owner), ("@holder", holder.TrimStart('-'))));
        foreach (var account in accounts)
            await MailboxEvents.PublishListingAsync(bus, account);
    }

    private static MailboxRights Apply(MailboxRights before, FlagOperation operation, MailboxRights rights) => operation switch
    {
        FlagOperation.Add => before | rights,
        FlagOperation.Remove => before & ~rights,
        _ => rights,
    };

    /// <summary>RFC 4314 §3.7 lets a server give rights always; a client that would leave the owner less is told so.</summary>
    private static void KeepOwner(FlagOperation operation, MailboxRights rights)
    {
        if (Apply(MailboxRights.All, operation, rights) != MailboxRights.All)
            throw OwnerKeepsAll();
    }

    private static async Task PutAsync(DatabaseSession session, long mailboxId, string holder, MailboxRights rights)
    {
        await session.ExecuteAsync(
            "INSERT INTO mailbox_rights (mailbox_id, identifier, rights) VALUES (@mailbox, @identifier, @rights) ON CONFLICT (mailbox_id, identifier) DO UPDATE SET rights = excluded.rights",
            ("@mailbox", mailboxId), ("@identifier", holder), ("@rights", MailboxRightsText.Format(rights)));
        var count = await session.ScalarAsync<long>("SELECT count(*) FROM mailbox_rights WHERE mailbox_id = @mailbox", ("@mailbox", mailboxId));
        if (count > MaxEntries)
            throw new MailboxException(MailboxRefusal.Limit, "Too many have rights in the mailbox.");
    }

    private static Task<int> DeleteAsync(DatabaseSession session, long mailboxId, string holder) => session.ExecuteAsync(
        "DELETE FROM mailbox_rights WHERE mailbox_id = @mailbox AND identifier = @identifier", ("@mailbox", mailboxId), ("@identifier", holder));

    private static MailboxException OwnerKeepsAll() => new(MailboxRefusal.Cannot, "The owner of a mailbox keeps all rights.");
}
