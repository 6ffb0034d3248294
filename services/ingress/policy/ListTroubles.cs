using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Policy;

/// <summary>Tells the operator of a DNS list that does not serve us: once an hour, not once a client.</summary>
internal sealed partial class ListTroubles(TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _toldAt = [];

    public void Tell(string list, string reason)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_toldAt.TryGetValue(list, out var before) && now - before < Pause)
                return;
            _toldAt[list] = now;
        }
        LogTrouble(log, list, reason);
    }

    [LoggerMessage(2060, LogLevel.Warning, "DNS list {List} gives no answer, and has no opinion of clients until it does: {Reason}")]
    private static partial void LogTrouble(ILogger log, string list, string reason);
}
