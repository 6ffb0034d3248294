using MailMesh.Batching;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Spool;

/// <summary>The rows of the spool; insertions and removals that arrive together share one transaction.</summary>
internal sealed class SpoolTable : IAsyncDisposable
{
    private const string Insert = "INSERT INTO spool (message_id, payload, received_at) VALUES (@id, @payload, @at) ON CONFLICT (message_id) DO NOTHING";
    private const string Delete = "DELETE FROM spool WHERE message_id = @id";
    private const string SelectOne = "SELECT payload FROM spool WHERE message_id = @id";
    private const string SelectPage = "SELECT message_id FROM spool WHERE message_id > @after ORDER BY message_id LIMIT @count";

    private readonly MailDatabase _database;
    private readonly GroupCommit<Change, bool> _changes;

    public SpoolTable(MailDatabase database)
    {
        _database = database;
        _changes = new GroupCommit<Change, bool>(CommitAsync);
    }

    public Task InsertAsync(MessageReceived message, CancellationToken cancellationToken) =>
        _changes.AddAsync(new Change([message.MessageId], MessagePayload.Write(message), message.ReceivedAt), cancellationToken);

    public Task DeleteAsync(IReadOnlyList<string> messageIds, CancellationToken cancellationToken) =>
        _changes.AddAsync(new Change(messageIds, null, default), cancellationToken);

    /// <summary>The message, or null where it is no longer in the spool.</summary>
    public async Task<MessageReceived?> ReadAsync(string messageId)
    {
        var payload = await _database.ReadAsync(session => session.ScalarAsync<string>(SelectOne, ("@id", messageId)));
        return payload is null ? null : MessagePayload.Read(payload);
    }

    /// <summary>Ids after <paramref name="after"/> in their order.</summary>
    public Task<List<string>> PageAsync(string after, int count) =>
        _database.ReadAsync(session => session.QueryAsync(SelectPage, row => row.GetString(0), ("@after", after), ("@count", count)));

    public ValueTask DisposeAsync() => _changes.DisposeAsync();

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<Change> changes)
    {
        await _database.WriteAsync(async session =>
        {
            foreach (var change in changes)
                await ApplyAsync(session, change);
        });
        return new bool[changes.Count];
    }

    private static async Task ApplyAsync(DatabaseSession session, Change change)
    {
        if (change.Payload is { } payload)
        {
            await session.ExecuteAsync(Insert, ("@id", change.MessageIds[0]), ("@payload", payload), ("@at", change.ReceivedAt.ToUnixTimeMilliseconds()));
            return;
        }
        foreach (var id in change.MessageIds)
            await session.ExecuteAsync(Delete, ("@id", id));
    }

    /// <param name="MessageIds">One to insert, or any number to delete.</param>
    /// <param name="Payload">Null: delete.</param>
    private sealed record Change(IReadOnlyList<string> MessageIds, string? Payload, DateTimeOffset ReceivedAt);
}
