using System.Net;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>New connections of the last minute, of each client and of the network around it, in this process: a flood asks no database.</summary>
/// <remarks>Two minutes are kept; of the last one counts the share that is within the minute that ends now.</remarks>
internal sealed class ConnectionRate(PolicyOptions options, TimeProvider clock)
{
    /// <summary>Networks that are counted within a minute; those that come past it are not, which costs nothing but their limit.</summary>
    private const int MaxNetworks = 100_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Dictionary<IPNetwork, int> _current = [];
    private Dictionary<IPNetwork, int> _last = [];
    private long _window;

    /// <summary>Counts a connection; false where it is one too many, which is not counted.</summary>
    public bool TryEnter(IPAddress client)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            Turn(now.Ticks / Window.Ticks);
            var shareOfLast = 1 - ((double)(now.Ticks % Window.Ticks) / Window.Ticks);
            var (address, around) = (ClientNetwork.Of(client), ClientNetwork.Around(client));
            if (IsFull(address, options.ConnectionsPerMinute, shareOfLast) || IsFull(around, options.NetworkConnectionsPerMinute, shareOfLast))
                return false;
            Count(address);
            Count(around);
            return true;
        }
    }

    private void Turn(long window)
    {
        if (window == _window)
            return;
        (_last, _current) = (window == _window + 1 ? _current : [], []);
        _window = window;
    }

    private bool IsFull(IPNetwork network, int limit, double shareOfLast) =>
        limit > 0 && _current.GetValueOrDefault(network) + (_last.GetValueOrDefault(network) * shareOfLast) + 1 > limit;

    private void Count(IPNetwork network)
    {
        if (_current.TryGetValue(network, out var count))
            _current[network] = count + 1;
        else if (_current.Count < MaxNetworks)
            _current[network] = 1;
    }
}
