using System.Net;
using MailMesh.Batching;
using MailMesh.Database;
using Microsoft.Extensions.Logging;

namespace MailMesh.Bans;

/// <summary>Failed logins and bans of all copies of all services, by one table that they share.</summary>
/// <remarks>
/// A check asks a copy of the bans that is a few seconds old at most. A failure is counted before its client hears of it, so that
/// the next try finds the ban; failures that come together share a transaction. Where the database is away nobody is banned anew.
/// </remarks>
public sealed partial class BanList : IAsyncDisposable
{
    /// <summary>How long a client waits for a database that does not answer, before it is let through, or its failure is not counted.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly BanTable _table;
    private readonly TimeProvider _clock;
    private readonly ILogger<BanList> _log;
    private readonly GroupCommit<FailedLogin, bool> _failures;
    private readonly RecentCopy<BansInForce> _copy;

    public BanList(MailDatabase database, BanOptions options, TimeProvider clock, ILogger<BanList> log)
    {
        _table = new BanTable(database, options, clock);
        (_clock, _log) = (clock, log);
        _failures = new GroupCommit<FailedLogin, bool>(CountAsync);
        _copy = new RecentCopy<BansInForce>(ReadAsync, failure => LogUnknown(log, failure.GetBaseException().Message), clock) { Patience = Patience, FirstPatience = Patience };
    }

    public async ValueTask<bool> IsBannedAsync(IPAddress client) => (await KnownAsync()).Contains(client, _clock.GetUtcNow());

    /// <param name="user">As the client gave it.</param>
    public async ValueTask<bool> IsBannedAsync(string user) => BanSubject.Of(user) is { } account && (await KnownAsync()).Contains(account, _clock.GetUtcNow());

    /// <summary>Counts a failed login; past the limit of its network or its account that one is banned.</summary>
    public async Task FailedAsync(IPAddress client, string user)
    {
        try
        {
            await _failures.AddAsync(new FailedLogin(BanSubject.Of(client), BanSubject.Of(user))).WaitAsync(Patience, _clock);
        }
        catch (Exception failure)
        {
            LogUncounted(_log, failure.GetBaseException().Message);
        }
    }

    /// <summary>An operator's ban.</summary>
    /// <param name="subject">As <see cref="BanSubject"/> writes it.</param>
    /// <param name="until">Null: until it is removed.</param>
    public async Task AddAsync(string subject, DateTimeOffset? until, string reason, CancellationToken cancellationToken = default)
    {
        await _table.PutAsync(subject, until, reason, cancellationToken);
        _copy.Forget();
    }

    /// <summary>False where there is no such ban.</summary>
    public async Task<bool> RemoveAsync(string subject, CancellationToken cancellationToken = default)
    {
        var removed = await _table.DeleteAsync(subject, cancellationToken);
        _copy.Forget();
        return removed;
    }

    /// <summary>Bans in force after <paramref name="after"/>, by their subjects.</summary>
    public Task<List<BanInfo>> ListAsync(string after = "", int count = 100) => _table.PageAsync(after, count);

    public ValueTask DisposeAsync() => _failures.DisposeAsync();

    private async Task<IReadOnlyList<bool>> CountAsync(IReadOnlyList<FailedLogin> failures)
    {
        foreach (var subject in await _table.CountAsync(failures))
        {
            BanMetrics.Imposed(isAccount: subject.Contains('@', StringComparison.Ordinal));
            LogBanned(_log, subject);
            _copy.Forget();
        }
        return new bool[failures.Count];
    }

    /// <summary>Whoever is not known to be banned is let through.</summary>
    private async ValueTask<BansInForce> KnownAsync() => await _copy.GetAsync() ?? BansInForce.None;

    private async Task<BansInForce> ReadAsync()
    {
        var known = new BansInForce(await _table.InForceAsync());
        BanMetrics.InForce(known.Count);
        return known;
    }

    [LoggerMessage(9201, LogLevel.Warning, "{Subject} is banned for its failed logins")]
    private static partial void LogBanned(ILogger log, string subject);

    [LoggerMessage(9202, LogLevel.Warning, "A failed login is not counted, since the database does not answer: {Reason}")]
    private static partial void LogUncounted(ILogger log, string reason);

    [LoggerMessage(9203, LogLevel.Warning, "Nobody is banned anew while the database does not answer: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);
}
