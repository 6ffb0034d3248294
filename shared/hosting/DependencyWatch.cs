using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Watches the engines of a mesh: says once when one goes away and once when it returns, and reminds the operator ever less often between.</summary>
internal sealed partial class DependencyWatch : BackgroundService
{
    private static readonly TimeSpan PeriodWhileWell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PeriodWhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstReminder = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastReminder = TimeSpan.FromMinutes(15);

    private readonly IReadOnlyList<DependencyCheck> _checks;
    private readonly bool _embedded;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, bool> _up = new();
    private readonly Dictionary<string, Outage> _outages = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DependencyWatch(IEnumerable<DependencyCheck> checks, MailMeshOptions options, TimeProvider clock, ILogger<DependencyWatch> log)
    {
        _checks = [.. checks];
        _embedded = options.Mesh is null;
        _clock = clock;
        _log = log;
        if (_embedded)
            _ready.SetResult();
    }

    /// <summary>Completes when every engine could be used for the first time; at once where they are embedded.</summary>
    public Task FirstReady => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_embedded)
            return;
        Telemetry.Meter.CreateObservableGauge("mailmesh.dependency.up", Measure, "{engine}", "1 where the engine can be used, else 0");
        while (!stoppingToken.IsCancellationRequested)
        {
            var faults = await Task.WhenAll(_checks.Select(check => check.FaultAsync(stoppingToken)));
            for (var i = 0; i < faults.Length; i++)
                Note(_checks[i].Name, faults[i]);
            var isWell = faults.All(fault => fault is null);
            if (isWell)
                _ready.TrySetResult();
            await Task.Delay(isWell ? PeriodWhileWell : PeriodWhileAway, _clock, stoppingToken);
        }
    }

    private void Note(string name, string? fault)
    {
        _up[name] = fault is null;
        _outages.TryGetValue(name, out var outage);
        var now = _clock.GetUtcNow();
        if (fault is null && outage is not null)
        {
            LogBack(_log, name, now - outage.Since);
            _outages.Remove(name);
        }
        if (fault is null || outage is not null && now < outage.RemindAt && (fault == outage.Fault || now < outage.SaidAt + PeriodWhileWell))
            return;
        LogAway(_log, name, fault);
        _outages[name] = outage is null ? new Outage(now, fault, now, now + FirstReminder, FirstReminder) : outage.Said(fault, now, LastReminder);
    }

    private IEnumerable<Measurement<int>> Measure() =>
        _up.Select(engine => new Measurement<int>(engine.Value ? 1 : 0, new KeyValuePair<string, object?>("engine", engine.Key)));

    /// <param name="SaidAt">When the operator was told last.</param>
    private sealed record Outage(DateTimeOffset Since, string Fault, DateTimeOffset SaidAt, DateTimeOffset RemindAt, TimeSpan Interval)
    {
        public Outage Said(string fault, DateTimeOffset now, TimeSpan longest)
        {
            var interval = now < RemindAt ? Interval : Interval * 2 < longest ? Interval * 2 : longest;
            return this with { Fault = fault, SaidAt = now, RemindAt = now + interval, Interval = interval };
        }
    }

    [LoggerMessage(1012, LogLevel.Warning, "Not ready, {Engine}: {Fault}; trying again")]
    private static partial void LogAway(ILogger log, string engine, string fault);

    [LoggerMessage(1013, LogLevel.Information, "{Engine} can be used again after {Away}")]
    private static partial void LogBack(ILogger log, string engine, TimeSpan away);
}
