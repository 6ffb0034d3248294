using System.Data.Common;
using System.Globalization;
using System.Threading.Channels;
using MailMesh.Batching;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Spool;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging;

namespace MailMesh.Scheduled;

/// <summary>RFC 4865: submitted messages that wait for their moment, a durable row each.</summary>
public sealed partial class ScheduledMail : IAsyncDisposable
{
    /// <summary>Recipients that a list shows of one message.</summary>
    private const int MaxNamedRecipients = 20;

    /// <summary>With <see cref="ForgetDelay"/>: a database that is away for longer than ten minutes leaves the row.</summary>
    private const int MaxForgetTries = 60;

    private static readonly TimeSpan ForgetDelay = TimeSpan.FromSeconds(10);

    private static readonly RowInsert Rows = new(
        "held_messages",
        [
            ("message_id", "text"), ("account_id", "bigint"), ("reverse_path", "text"), ("recipients", "text"), ("subject", "text"), ("release_at", "bigint"),
            ("payload", "text"), ("blob", "text"), ("size_bytes", "bigint"), ("held_at", "bigint"),
        ],
        ending: "ON CONFLICT DO NOTHING");

    private const string SelectPage =
        """
        SELECT h.message_id, a.address, h.reverse_path, h.recipients, h.subject, h.release_at, h.held_at, h.size_bytes
        FROM held_messages h LEFT JOIN accounts a ON a.id = h.account_id
        WHERE (h.account_id = @account OR @account = 0) AND (h.release_at > @at OR (h.release_at = @at AND h.message_id > @id)) AND h.release_at > 0
        ORDER BY h.release_at, h.message_id LIMIT @count
        """;

    private const string CountOf = "SELECT count(*) FROM held_messages WHERE account_id = @account";
    private const string DeleteOne = "DELETE FROM held_messages WHERE message_id = @id AND (account_id = @account OR @account = 0) AND release_at > 0";
    private const string MoveOne = "UPDATE held_messages SET release_at = @at WHERE message_id = @id AND (account_id = @account OR @account = 0) AND release_at > 0";
    private const string Forget = "DELETE FROM held_messages WHERE message_id = @id";
    private const string NextMoment = "SELECT min(release_at) FROM held_messages WHERE release_at > 0";

    // From here on a cancellation finds nothing.
    private const string TakeDue =
        """
        UPDATE held_messages SET release_at = -release_at WHERE release_at > 0 AND message_id IN (
            SELECT h.message_id FROM held_messages h JOIN accounts a ON a.id = h.account_id
            WHERE h.release_at > 0 AND h.release_at <= @now AND a.enabled ORDER BY h.release_at LIMIT @count)
        """;

    private const string SelectTaken = "SELECT payload, blob, held_at FROM held_messages WHERE release_at < 0 ORDER BY release_at DESC LIMIT @count";

    private const string DeleteOrphans =
        "DELETE FROM held_messages WHERE release_at > 0 AND release_at <= @now AND account_id NOT IN (SELECT id FROM accounts) RETURNING message_id";

    private readonly MailDatabase _database;
    private readonly TrackingLog _tracking;
    private readonly TimeProvider _clock;
    private readonly ILogger<ScheduledMail> _log;
    private readonly GroupCommit<object?[], bool> _held;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ScheduledMail(MailDatabase database, TrackingLog tracking, TimeProvider clock, ILogger<ScheduledMail> log)
    {
        (_database, _tracking, _clock, _log) = (database, tracking, clock, log);
        _held = new GroupCommit<object?[], bool>(InsertAsync);
    }

    /// <summary>Completes when the message is durable: it goes at its moment, whatever happens.</summary>
    /// <param name="subject">For a reader.</param>
    public async Task HoldAsync(MessageReceived message, long accountId, string? subject, DateTimeOffset releaseAt, CancellationToken cancellationToken = default)
    {
        await _held.AddAsync(
            [
                message.MessageId, accountId, message.Envelope.ReversePath, string.Join(' ', message.Envelope.ForwardPaths.Take(MaxNamedRecipients)), subject,
                releaseAt.ToUnixTimeMilliseconds(), MessagePayload.Write(message), message.Body, message.SizeBytes, _clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ],
            cancellationToken);
        _changes.Writer.TryWrite(true);
    }

    /// <summary>Messages of an account that are held.</summary>
    public Task<long> CountAsync(long accountId) => _database.ReadAsync(session => session.ScalarAsync<long>(CountOf, ("@account", accountId)));

    /// <summary>What is held, the next to go first.</summary>
    /// <param name="accountId">Of this account alone; null for all.</param>
    /// <param name="after">The <see cref="MarkOf"/> of the last row of the page before; empty for the first.</param>
    /// <exception cref="FormatException"><paramref name="after"/> is no mark.</exception>
    public Task<List<ScheduledMessage>> ListAsync(long? accountId, string after, int count)
    {
        var (at, id) = ReadMark(after);
        return _database.ReadAsync(session => session.QueryAsync(
            SelectPage, Read, ("@account", accountId ?? 0), ("@at", at), ("@id", id), ("@count", count)));
    }

    public static string MarkOf(ScheduledMessage message) => string.Create(CultureInfo.InvariantCulture, $"{message.ReleaseAt.ToUnixTimeMilliseconds()}.{message.MessageId}");

    /// <summary>The message will not go; false where it is not held, or is on its way already.</summary>
    /// <param name="accountId">Only if it is this account's; null for any.</param>
    /// <param name="by">Who cancels it, for its story.</param>
    public async Task<bool> CancelAsync(string messageId, long? accountId, string by)
    {
        var deleted = await _database.WriteAsync(session => session.ExecuteAsync(DeleteOne, ("@id", messageId), ("@account", accountId ?? 0)));
        if (deleted > 0)
            Tell(messageId, "cancelled", ("by", by));
        return deleted > 0;
    }

    /// <summary>The message goes now; false where it is not held, or is on its way already.</summary>
    /// <inheritdoc cref="CancelAsync"/>
    public async Task<bool> SendNowAsync(string messageId, long? accountId)
    {
        var moved = await _database.WriteAsync(session => session.ExecuteAsync(
            MoveOne, ("@id", messageId), ("@account", accountId ?? 0), ("@at", _clock.GetUtcNow().ToUnixTimeMilliseconds())));
        if (moved > 0)
            _changes.Writer.TryWrite(true);
        return moved > 0;
    }

    /// <summary>The client was told to try again although the row may come to be: it goes before its moment, as soon as can be. Returns at once.</summary>
    /// <param name="holding">The call of <see cref="HoldAsync"/> that nobody waits for any longer.</param>
    public void Abandon(string messageId, Task holding) => _ = AbandonAsync(messageId, holding);

    /// <summary>When the next message goes; null where none is held.</summary>
    public async Task<DateTimeOffset?> NextAsync()
    {
        var next = await _database.ReadAsync(session => session.FirstAsync(NextMoment, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0)));
        return next is { } moment ? DateTimeOffset.FromUnixTimeMilliseconds(moment) : null;
    }

    /// <summary>Takes messages whose moment has come, those included that were taken and not forgotten before; for one copy at a time.</summary>
    public async Task<IReadOnlyList<DueMessage>> TakeDueAsync(int count)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var orphans = await _database.WriteAsync(session => session.QueryAsync(DeleteOrphans, row => row.GetString(0), ("@now", now)));
        foreach (var orphan in orphans)
            Tell(orphan, "discarded", ("reason", "its account is gone"));
        await _database.WriteAsync(session => session.ExecuteAsync(TakeDue, ("@now", now), ("@count", count)));
        return await _database.ReadAsync(session => session.QueryAsync(SelectTaken, ReadDue, ("@count", count)));
    }

    /// <summary>The message is on its way: its row goes.</summary>
    public Task ForgetAsync(string messageId) => _database.WriteAsync(session => session.ExecuteAsync(Forget, ("@id", messageId)));

    /// <summary>Completes when this process has held a message, or is to send one at once; one caller at a time.</summary>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken) => await _changes.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => _held.DisposeAsync();

    private async Task AbandonAsync(string messageId, Task holding)
    {
        await holding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var tries = 0; tries < MaxForgetTries; tries++)
        {
            try
            {
                await ForgetAsync(messageId);
                return;
            }
            catch (Exception failure)
            {
                LogNotForgotten(_log, messageId, failure.GetBaseException().Message);
                await Task.Delay(ForgetDelay, _clock);
            }
        }
    }

    private async Task<IReadOnlyList<bool>> InsertAsync(IReadOnlyList<object?[]> rows)
    {
        await _database.WriteAsync(session => Rows.RunAsync(session, rows));
        return new bool[rows.Count];
    }

    private void Tell(string messageId, string what, (string Name, string Value) fact) => _tracking.Record(new TrackingEvent
    {
        MessageId = messageId,
        Service = "ingress",
        Event = what,
        Detail = new Dictionary<string, string> { [fact.Name] = fact.Value },
    });

    private static ScheduledMessage Read(DbDataReader row) => new(
        row.GetString(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        row.GetInt64(7));

    private static DueMessage ReadDue(DbDataReader row) =>
        new(MessagePayload.Read(row.GetString(0)) with { Body = row.GetString(1) }, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));

    private static (long At, string Id) ReadMark(string mark)
    {
        if (mark.Length == 0)
            return (0, "");
        var dot = mark.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(mark.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (at, mark[(dot + 1)..])
            : throw new FormatException($"'{mark}' is no mark of a page.");
    }

    [LoggerMessage(9301, LogLevel.Warning, "Scheduled message {MessageId}, which its client was told to send again, cannot be removed yet: {Reason}")]
    private static partial void LogNotForgotten(ILogger log, string messageId, string reason);
}
