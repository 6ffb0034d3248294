using System.Security.Cryptography;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 4467 §8: the secret of an account for each mailbox whose messages it lets others fetch by URL. A secret leaves this only within the process.</summary>
public sealed class MailboxKeys(MailDatabase database)
{
    private const int SecretOctets = 32;

    /// <summary>The secret; made when there is none.</summary>
    public async Task<byte[]> GetAsync(long mailboxId, long accountId)
    {
        if (await FindAsync(mailboxId, accountId) is { } secret)
            return secret;
        var made = RandomNumberGenerator.GetBytes(SecretOctets);
        await database.WriteAsync(session => session.ExecuteAsync(
            "INSERT INTO mailbox_keys (mailbox_id, account_id, secret) VALUES (@mailbox, @account, @secret) ON CONFLICT DO NOTHING",
            ("@mailbox", mailboxId), ("@account", accountId), ("@secret", made)));
        // Another session may have been first.
        return await FindAsync(mailboxId, accountId) ?? throw MailboxRows.Missing();
    }

    /// <summary>Null where nothing was ever authorized.</summary>
    public Task<byte[]?> FindAsync(long mailboxId, long accountId) => database.ReadAsync(session => session.FirstAsync(
        "SELECT secret FROM mailbox_keys WHERE mailbox_id = @mailbox AND account_id = @account",
        row => row.GetFieldValue<byte[]>(0), ("@mailbox", mailboxId), ("@account", accountId)));

    /// <summary>Revokes every URL of the account for a mailbox, or for all where <paramref name="mailboxId"/> is null.</summary>
    public Task ResetAsync(long accountId, long? mailboxId) => database.WriteAsync(session => mailboxId is { } one
        ? session.ExecuteAsync("DELETE FROM mailbox_keys WHERE account_id = @account AND mailbox_id = @mailbox", ("@account", accountId), ("@mailbox", one))
        : session.ExecuteAsync("DELETE FROM mailbox_keys WHERE account_id = @account", ("@account", accountId)));

    /// <summary>Who authorized a URL; null where there is no such account.</summary>
    /// <param name="address">In any case.</param>
    public async Task<MailboxReader?> OwnerAsync(string address)
    {
        address = address.ToLowerInvariant();
        var id = await database.ReadAsync(session => session.ScalarAsync<long>("SELECT id FROM accounts WHERE address = @address", ("@address", address)));
        return id > 0 ? new MailboxReader(id, address) : null;
    }
}
