using System.Net;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>Sessions at once from the network around each client, in this process.</summary>
internal sealed class NetworkConnections(PolicyOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPNetwork, int> _open = [];

    /// <summary>The session's place, to be given back; null where there is none left.</summary>
    public IDisposable? TryEnter(IPAddress client)
    {
        var network = ClientNetwork.Around(client);
        lock (_gate)
        {
            var here = _open.GetValueOrDefault(network);
            if (options.NetworkConnections > 0 && here >= options.NetworkConnections)
                return null;
            _open[network] = here + 1;
            return new Place(this, network);
        }
    }

    private void Leave(IPNetwork network)
    {
        lock (_gate)
        {
            if (_open[network] == 1)
                _open.Remove(network);
            else
                _open[network]--;
        }
    }

    private sealed class Place(NetworkConnections all, IPNetwork network) : IDisposable
    {
        public void Dispose() => all.Leave(network);
    }
}
