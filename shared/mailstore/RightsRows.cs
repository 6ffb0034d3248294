using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Statements on the table of rights; each runs in its caller's transaction.</summary>
internal static class RightsRows
{
    /// <summary>What the identifiers of a reader add up to.</summary>
    public static async Task<MailboxRights> OfAsync(DatabaseSession session, long mailboxId, string address) => RightsHolder.Sum(await session.QueryAsync(
        "SELECT identifier, rights FROM mailbox_rights WHERE mailbox_id = @mailbox AND identifier IN (@address, @domain, @not_address, @not_domain)",
        row => (row.GetString(0), row.GetString(1)),
        [("@mailbox", mailboxId), .. Identifiers(address)]));

    /// <summary>The identifiers that an account has, as parameters.</summary>
    public static (string Name, object? Value)[] Identifiers(string address)
    {
        var domain = RightsHolder.DomainOf(address);
        return [("@address", address), ("@domain", domain), ("@not_address", "-" + address), ("@not_domain", "-" + domain)];
    }

    /// <summary>RFC 4314 §4: a new mailbox begins with the rights of the one above it.</summary>
    public static async Task InheritAsync(DatabaseSession session, MailboxInfo mailbox)
    {
        var end = mailbox.Name.LastIndexOf('/');
        if (end > 0)
        {
            await session.ExecuteAsync(
                """
                INSERT INTO mailbox_rights (mailbox_id, identifier, rights)
                SELECT @mailbox, r.identifier, r.rights FROM mailbox_rights r JOIN mailboxes m ON m.id = r.mailbox_id WHERE m.account_id = @account AND m.name = @above
                """,
                ("@mailbox", mailbox.Id), ("@account", mailbox.AccountId), ("@above", mailbox.Name[..end]));
        }
    }
}
