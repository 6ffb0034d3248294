using MailMesh.Batching;
using MailMesh.Database;

namespace MailMesh.Spool;

/// <summary>The claims of messages; those that arrive together share one transaction.</summary>
internal sealed class ClaimTable : IAsyncDisposable
{
    private const string Insert =
        """
        INSERT INTO claims (message_id, kind, reply_code, enhanced_status, reply_text, at) VALUES (@id, @kind, @code, @status, @text, @at)
        ON CONFLICT (message_id) DO NOTHING
        """;

    // A message that was delivered to anybody stays: its session says 250 after all. What was accepted and not yet
    // answered may still be withdrawn: nobody was told 250.
    private const string Withdraw =
        """
        INSERT INTO claims (message_id, kind, reply_code, at) SELECT @id, 3, 0, @at
        WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE message_id = @id)
        ON CONFLICT (message_id) DO UPDATE SET kind = 3 WHERE claims.kind = 1
        """;

    // A delivery asks whether the message was withdrawn, and a withdrawal whether it was delivered: neither may overlook
    // the other under way. Withdrawals are rare, so they wait for the deliveries in flight, and hold back the next.
    private const string LockDeliveries = "LOCK TABLE deliveries IN SHARE MODE";

    private const string Select = "SELECT kind, reply_code, enhanced_status, reply_text FROM claims WHERE message_id = @id";

    private readonly MailDatabase _database;
    private readonly TimeProvider _clock;
    private readonly GroupCommit<(string Id, MessageClaim Claim), MessageClaim> _claims;
    private readonly GroupCommit<string, MessageClaim> _withdrawals;

    public ClaimTable(MailDatabase database, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        _claims = new GroupCommit<(string Id, MessageClaim Claim), MessageClaim>(ClaimAsync);
        _withdrawals = new GroupCommit<string, MessageClaim>(WithdrawAsync);
    }

    /// <summary>Claims a message; gives the claim that stands, which is this one or an earlier one.</summary>
    public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken) =>
        _claims.AddAsync((messageId, claim), cancellationToken);

    /// <summary>Withdraws a message, unless it was refused or delivered: then the refusal, or 'accepted', is what stands.</summary>
    public Task<MessageClaim> WithdrawAsync(string messageId, CancellationToken cancellationToken) => _withdrawals.AddAsync(messageId, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _claims.DisposeAsync();
        await _withdrawals.DisposeAsync();
    }

    private Task<IReadOnlyList<MessageClaim>> ClaimAsync(IReadOnlyList<(string Id, MessageClaim Claim)> claims)
    {
        var at = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        return InOrderAsync(claims, item => item.Id, async (session, item) =>
        {
            var (id, claim) = item;
            var inserted = await session.ExecuteAsync(Insert,
                ("@id", id), ("@kind", (int)claim.Kind), ("@code", claim.ReplyCode), ("@status", claim.EnhancedStatus), ("@text", claim.ReplyText), ("@at", at));
            return inserted > 0 ? claim : await StandingAsync(session, id) ?? claim;
        });
    }

    private Task<IReadOnlyList<MessageClaim>> WithdrawAsync(IReadOnlyList<string> messageIds)
    {
        var at = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        return InOrderAsync(messageIds, id => id, async (session, id) =>
        {
            var inserted = await session.ExecuteAsync(Withdraw, ("@id", id), ("@at", at));
            return inserted > 0 ? MessageClaim.Withdrawn : await StandingAsync(session, id) ?? MessageClaim.Accepted;
        }, LockDeliveries);
    }

    /// <summary>In the order of their ids, so that two transactions never wait for each other.</summary>
    private async Task<IReadOnlyList<MessageClaim>> InOrderAsync<T>(
        IReadOnlyList<T> items, Func<T, string> idOf, Func<DatabaseSession, T, Task<MessageClaim>> claim, string? before = null) =>
        await _database.WriteAsync(async session =>
        {
            if (before is not null)
                await session.ExecuteAsync(before);
            var standing = new MessageClaim[items.Count];
            foreach (var (item, position) in items.Select((item, position) => (item, position)).OrderBy(pair => idOf(pair.item), StringComparer.Ordinal))
                standing[position] = await claim(session, item);
            return standing;
        });

    private static Task<MessageClaim?> StandingAsync(DatabaseSession session, string messageId) => session.FirstAsync(Select, row => new MessageClaim
    {
        Kind = (ClaimKind)row.GetInt32(0),
        ReplyCode = row.GetInt32(1),
        EnhancedStatus = row.IsDBNull(2) ? null : row.GetString(2),
        ReplyText = row.IsDBNull(3) ? null : row.GetString(3),
    }, ("@id", messageId));
}
