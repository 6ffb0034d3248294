using System.Collections.Concurrent;
using Npgsql;

namespace MailMesh.Database;

/// <summary>The sessions of this process: a bounded number, each kept open with its prepared statements.</summary>
internal sealed class PostgresSessions : IAsyncDisposable
{
    /// <summary>A server of PostgreSQL's defaults takes 100 connections from all processes together; two copies of each service stay below.</summary>
    private const int DefaultCount = 8;

    /// <summary>
    /// Planning a statement for the values of each run costs the server several times what running it does, and changes nothing: each has its index.
    /// A plan that is kept must not be that of a table that was empty when it was made, as a scan of all of it would be.
    /// </summary>
    private const string KeepPlans = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off";

    /// <summary>Past this a caller is better off with a refusal than with its place in the queue.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentStack<DatabaseSession> _idle = []; // the last one used has the warmest plans
    private readonly SemaphoreSlim _room;
    private readonly NpgsqlDataSource _source;
    private readonly int _count;
    private volatile bool _disposed;

    public PostgresSessions(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.ContainsKey("Timeout"))
            settings.Timeout = 5; // seconds to connect
        if (!settings.ContainsKey("Command Timeout"))
            settings.CommandTimeout = 10; // so that a server that hangs is a fault and not a wait
        if (!settings.ContainsKey("Cancellation Timeout"))
            settings.CancellationTimeout = 1000; // milliseconds
        if (!settings.ContainsKey("Application Name"))
            settings.ApplicationName = "MailMesh";
        if (!settings.ContainsKey("Maximum Pool Size"))
            settings.MaxPoolSize = DefaultCount;
        _count = settings.MaxPoolSize;
        settings.MaxPoolSize++; // one for the schema
        _room = new SemaphoreSlim(_count, _count);
        _source = NpgsqlDataSource.Create(settings);
    }

    /// <summary>A session for one caller, and whether it is one that may have been lost while it lay idle.</summary>
    /// <exception cref="DatabaseBusyException">None is free.</exception>
    public async Task<(DatabaseSession Session, bool IsFresh)> RentAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(MailDatabase));
        if (!await _room.WaitAsync(Patience, cancellationToken))
            throw new DatabaseBusyException(_count);
        if (_idle.TryPop(out var idle))
            return (idle, false);
        try
        {
            return (new DatabaseSession(await OpenPlanningOnceAsync(cancellationToken)), true);
        }
        catch
        {
            _room.Release();
            throw;
        }
    }

    public void Return(DatabaseSession session)
    {
        _idle.Push(session);
        _room.Release();
        if (_disposed)
            Clear();
    }

    public void Discard(DatabaseSession session)
    {
        session.Dispose();
        _room.Release();
    }

    /// <summary>The server went: what lies idle is lost too.</summary>
    public void Clear()
    {
        _source.Clear();
        while (_idle.TryPop(out var idle))
            idle.Dispose();
    }

    /// <summary>A connection beside the sessions, closed by its caller.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    private async Task<NpgsqlConnection> OpenPlanningOnceAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(KeepPlans, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        Clear();
        await _source.DisposeAsync();
    }
}
