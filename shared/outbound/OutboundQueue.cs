using System.Data.Common;
using System.Text;
using System.Threading.Channels;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Outbound;

/// <summary>The durable queue of mail for other servers: one row a recipient, leased by the relay that works on it.</summary>
/// <remarks>
/// A row is due when it is deferred and its moment has come, or when its lease has ended: its relay died. Every method is
/// one transaction, durable when it returns, and takes a group.
/// </remarks>
public sealed class OutboundQueue(MailDatabase database, TimeProvider clock)
{
    /// <summary>Domains that one lease can leave out.</summary>
    public const int MaxExcludedDomains = 8;

    private const string Columns =
        """
        id, message_id, trace_parent, reverse_path, recipient, forward_path, domain, blob, blob_size, header_prefix, smtputf8, eight_bit_mime,
        state, attempts, next_attempt_at, leased_until, last_outcome, last_status, last_host, last_attempt_at, notification, warned, received_at,
        notify, original_recipient, dsn_return, envelope_id, priority, require_tls, deliver_by, deliver_by_mode
        """;

    private static readonly RowInsert Rows = new(
        "queue",
        [
            ("message_id", "text"), ("trace_parent", "text"), ("reverse_path", "text"), ("recipient", "text"), ("forward_path", "text"), ("domain", "text"),
            ("blob", "text"), ("blob_size", "bigint"), ("header_prefix", "bytea"), ("smtputf8", "boolean"), ("eight_bit_mime", "boolean"), ("state", "bigint"),
            ("attempts", "bigint"), ("next_attempt_at", "bigint"), ("leased_until", "bigint"), ("last_attempt_at", "bigint"), ("warned", "boolean"), ("received_at", "bigint"),
            ("notify", "text"), ("original_recipient", "text"), ("dsn_return", "text"), ("envelope_id", "text"), ("priority", "bigint"), ("require_tls", "boolean"),
            ("deliver_by", "bigint?"), ("deliver_by_mode", "text"),
        ],
        ending: "ON CONFLICT DO NOTHING");

    private static readonly string LeaseRows = LeaseText("");

    /// <summary>Copies do not wait for each other's rows.</summary>
    private static readonly string LeaseRowsBesideOthers = LeaseText("FOR UPDATE SKIP LOCKED");

    private static string LeaseText(string locking) =>
        $"""
        UPDATE queue SET state = 1, leased_until = @until, lease_owner = @owner WHERE id IN (
            SELECT id FROM queue
            WHERE ((state = 0 AND next_attempt_at <= @now) OR (state = 1 AND leased_until <= @now))
                AND domain NOT IN (@x0, @x1, @x2, @x3, @x4, @x5, @x6, @x7)
            ORDER BY priority DESC, next_attempt_at LIMIT @count {locking})
        RETURNING {Columns}
        """;

    /// <summary>Reporters take turns until their transactions end, so that the rows of one notification are never shared between two. Any number of our own.</summary>
    private const string LockReporters = "SELECT pg_advisory_xact_lock(7236283640732)";

    // All rows of a notification together: the notification is accepted once, and must name them all.
    private const string LeaseFailedRows =
        $"""
        UPDATE queue SET leased_until = @until, lease_owner = @owner WHERE state = 3 AND leased_until <= @now AND coalesce(notification, 'row:' || id) IN (
            SELECT DISTINCT coalesce(notification, 'row:' || id) FROM queue WHERE state = 3 AND leased_until <= @now LIMIT @count)
        RETURNING {Columns}
        """;

    private const string RenewRow = "UPDATE queue SET leased_until = @until WHERE id = @id AND state IN (1, 3) AND lease_owner = @owner";

    private const string ReclaimRows =
        "UPDATE queue SET state = CASE WHEN state = 1 THEN 0 ELSE state END, leased_until = 0 WHERE leased_until > 0";

    // Whoever has leased the row since: what a server has taken is not sent again.
    private const string DeleteRow = "DELETE FROM queue WHERE id = @id";

    private const string ReturnRow = "UPDATE queue SET state = 0, leased_until = 0, lease_owner = NULL WHERE id = @id AND state = 1 AND lease_owner = @owner";

    // A row that an operator holds meanwhile stays held.
    private const string DeferRow =
        """
        UPDATE queue SET state = CASE WHEN state = 1 THEN 0 ELSE state END, leased_until = 0, lease_owner = NULL, attempts = attempts + 1, next_attempt_at = @next,
            last_outcome = @outcome, last_status = @status, last_host = @host, last_attempt_at = @at, warned = @warned
        WHERE id = @id AND state <> 3 AND lease_owner = @owner
        """;

    private const string FailRow =
        """
        UPDATE queue SET state = 3, leased_until = 0, lease_owner = NULL, attempts = attempts + 1, next_attempt_at = @at,
            last_outcome = @outcome, last_status = @status, last_host = @host, last_attempt_at = @at, notification = @notification
        WHERE id = @id AND state <> 3 AND lease_owner = @owner
        """;

    private const string NextDue = "SELECT min(next_attempt_at) FROM queue WHERE state = 0";

    /// <summary>Names this copy as the owner of its leases.</summary>
    private readonly string _owner = Guid.NewGuid().ToString("N");

    private readonly Channel<bool> _work = Signal();
    private readonly Channel<bool> _failures = Signal();

    /// <summary>Adds rows for the recipients of these messages, due at once; idempotent by (message id, recipient).</summary>
    public async Task EnqueueAsync(IReadOnlyList<RelayMessage> messages, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var wanted = ByKey(messages);
        await database.WriteAsync(async session =>
        {
            var fresh = await DeliveryKeys.TakeAsync(session, wanted.Keys, now);
            var rows = wanted.Where(w => fresh.Contains(w.Key)).Select(w => Row(w.Value.Message, w.Value.Recipient, now.ToUnixTimeMilliseconds()));
            await Rows.RunAsync(session, [.. rows]);
        }, cancellationToken);
        SignalWork();
    }

    /// <summary>Takes due rows until the lease ends, those of the highest priority first (RFC 6710) and among them those that are due longest; another copy takes others.</summary>
    /// <param name="count">Most rows.</param>
    /// <param name="lease">How long they are ours, unless renewed.</param>
    /// <param name="excludedDomains">Domains to leave out, since there is enough work for them; only the first eight count.</param>
    public Task<List<QueueEntry>> LeaseDueAsync(int count, TimeSpan lease, IReadOnlyCollection<string>? excludedDomains = null)
    {
        var now = clock.GetUtcNow();
        var parameters = new (string, object?)[4 + MaxExcludedDomains];
        parameters[0] = ("@until", (now + lease).ToUnixTimeMilliseconds());
        parameters[1] = ("@now", now.ToUnixTimeMilliseconds());
        parameters[2] = ("@count", count);
        parameters[3] = ("@owner", _owner);
        for (var i = 0; i < MaxExcludedDomains; i++)
            parameters[4 + i] = (ExcludedNames[i], excludedDomains?.ElementAtOrDefault(i) ?? " ");
        return LeaseAsync(session => session.QueryAsync(session.IsShared ? LeaseRowsBesideOthers : LeaseRows, Read, parameters));
    }

    /// <summary>Takes failed rows whose notification is still to be sent, all rows of a notification together.</summary>
    /// <param name="count">Most notifications.</param>
    /// <param name="lease">How long they are ours, unless renewed.</param>
    public Task<List<QueueEntry>> LeaseFailedAsync(int count, TimeSpan lease)
    {
        var now = clock.GetUtcNow();
        return LeaseAsync(async session =>
        {
            await session.LockAsync(LockReporters);
            return await session.QueryAsync(LeaseFailedRows, Read,
                ("@until", (now + lease).ToUnixTimeMilliseconds()), ("@now", now.ToUnixTimeMilliseconds()), ("@count", count), ("@owner", _owner));
        });
    }

    /// <summary>At a start: where the database is this process's alone, the leases of a run that was killed end now.</summary>
    public async Task ReclaimAsync()
    {
        if (database.IsExclusive)
            await database.WriteAsync(session => session.ExecuteAsync(ReclaimRows));
    }

    /// <summary>Keeps leased rows ours for longer; gives those that still are.</summary>
    public Task<IReadOnlySet<long>> RenewAsync(IReadOnlyCollection<long> ids, TimeSpan lease)
    {
        var until = (clock.GetUtcNow() + lease).ToUnixTimeMilliseconds();
        return database.WriteAsync(async session =>
        {
            var kept = new HashSet<long>();
            foreach (var id in ids)
            {
                if (await session.ExecuteAsync(RenewRow, ("@until", until), ("@id", id), ("@owner", _owner)) > 0)
                    kept.Add(id);
            }
            return (IReadOnlySet<long>)kept;
        });
    }

    /// <summary>Records what became of rows. Of a row that another copy has leased since, only <see cref="QueueOutcome.Done"/> counts.</summary>
    public async Task SettleAsync(IReadOnlyList<QueueOutcome> outcomes)
    {
        await database.WriteAsync(async session =>
        {
            foreach (var outcome in outcomes)
                await SettleAsync(session, outcome);
        });
        if (outcomes.Any(o => o is QueueOutcome.Failed))
            _failures.Writer.TryWrite(true);
    }

    /// <summary>When the next deferred row is due; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync()
    {
        var next = await database.ReadAsync(session => session.FirstAsync(NextDue, row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0)));
        return next is { } moment ? DateTimeOffset.FromUnixTimeMilliseconds(moment) : null;
    }

    /// <summary>Wakes the relay of this process.</summary>
    public void SignalWork()
    {
        _work.Writer.TryWrite(true);
        _failures.Writer.TryWrite(true);
    }

    /// <summary>Completes when rows were added or made due in this process; one caller at a time.</summary>
    public async Task WaitForWorkAsync(CancellationToken cancellationToken) => await _work.Reader.ReadAsync(cancellationToken);

    /// <summary>Completes when rows became failed in this process; one caller at a time.</summary>
    public async Task WaitForFailuresAsync(CancellationToken cancellationToken) => await _failures.Reader.ReadAsync(cancellationToken);

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private static readonly string[] ExcludedNames = [.. Enumerable.Range(0, MaxExcludedDomains).Select(i => $"@x{i}")];

    private async Task<List<QueueEntry>> LeaseAsync(Func<DatabaseSession, Task<List<QueueEntry>>> take)
    {
        var rows = await database.WriteAsync(take);
        rows.Sort((a, b) => (b.Priority, a.NextAttemptAt).CompareTo((a.Priority, b.NextAttemptAt))); // RETURNING promises no order
        return rows;
    }

    /// <summary>Each recipient of each message once, under its idempotence key: it outlives the row, so that a command that comes again after the mail has gone adds nothing.</summary>
    private static OrderedDictionary<(string MessageId, string Key), (RelayMessage Message, RemoteRecipient Recipient)> ByKey(IReadOnlyList<RelayMessage> messages)
    {
        var wanted = new OrderedDictionary<(string, string), (RelayMessage, RemoteRecipient)>();
        foreach (var message in messages)
        {
            foreach (var recipient in message.Recipients)
                wanted.TryAdd((message.MessageId, $"relay:{recipient.Address}"), (message, recipient));
        }
        return wanted;
    }

    private static object?[] Row(RelayMessage message, RemoteRecipient recipient, long now) =>
    [
        message.MessageId, message.TraceParent, message.ReversePath, recipient.Address, recipient.ForwardPath, DomainOf(recipient.Address),
        message.Body, message.SizeBytes, Encoding.UTF8.GetBytes(message.HeaderPrefix), message.Smtputf8, message.EightBitMime, 0L,
        0L, now, 0L, 0L, false, message.ReceivedAt.ToUnixTimeMilliseconds(),
        recipient.Notify, recipient.OriginalRecipient, message.DsnReturn, message.EnvelopeId, (long)message.Priority, message.RequireTls,
        message.DeliverBy?.ToUnixTimeMilliseconds(), message.DeliverByMode,
    ];

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant();

    private Task<int> SettleAsync(DatabaseSession session, QueueOutcome outcome) => outcome switch
    {
        QueueOutcome.Done => session.ExecuteAsync(DeleteRow, ("@id", outcome.Id)),
        QueueOutcome.Returned => session.ExecuteAsync(ReturnRow, ("@id", outcome.Id), ("@owner", _owner)),
        QueueOutcome.Deferred deferred => session.ExecuteAsync(DeferRow,
            ("@next", deferred.NextAttemptAt.ToUnixTimeMilliseconds()),
            ("@outcome", deferred.Attempt.Outcome),
            ("@status", deferred.Attempt.Status),
            ("@host", deferred.Attempt.Host),
            ("@at", deferred.Attempt.At.ToUnixTimeMilliseconds()),
            ("@warned", deferred.Warned),
            ("@id", deferred.Id),
            ("@owner", _owner)),
        QueueOutcome.Failed failed => session.ExecuteAsync(FailRow,
            ("@at", failed.Attempt.At.ToUnixTimeMilliseconds()),
            ("@outcome", failed.Attempt.Outcome),
            ("@status", failed.Attempt.Status),
            ("@host", failed.Attempt.Host),
            ("@notification", failed.Notification),
            ("@id", failed.Id),
            ("@owner", _owner)),
        _ => throw new InvalidOperationException(outcome.ToString()),
    };

    private static QueueEntry Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        MessageId = row.GetString(1),
        TraceParent = Text(row, 2),
        ReversePath = row.GetString(3),
        Recipient = row.GetString(4),
        ForwardPath = row.GetString(5),
        Domain = row.GetString(6),
        Blob = row.GetString(7),
        BlobSize = row.GetInt64(8),
        HeaderPrefix = row.GetFieldValue<byte[]>(9),
        Smtputf8 = row.GetBoolean(10),
        EightBitMime = row.GetBoolean(11),
        State = row.GetInt32(12),
        Attempts = row.GetInt32(13),
        NextAttemptAt = Moment(row, 14),
        LeasedUntil = Moment(row, 15),
        LastOutcome = Text(row, 16),
        LastStatus = Text(row, 17),
        LastHost = Text(row, 18),
        LastAttemptAt = Moment(row, 19),
        Notification = Text(row, 20),
        Warned = row.GetBoolean(21),
        ReceivedAt = Moment(row, 22),
        Notify = Text(row, 23),
        OriginalRecipient = Text(row, 24),
        DsnReturn = Text(row, 25),
        EnvelopeId = Text(row, 26),
        Priority = row.GetInt32(27),
        RequireTls = row.GetBoolean(28),
        DeliverBy = row.IsDBNull(29) ? null : Moment(row, 29),
        DeliverByMode = Text(row, 30),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Moment(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
