using System.Net;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>Sessions of this process at once, in all and from one client network: they bound what one process holds, so each copy has its own. Exempt networks are counted in all, and never refused.</summary>
internal sealed class ConnectionLimits(IngressOptions options, NetworkList exempt)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPNetwork, int> _byAddress = [];
    private int _total;

    public bool IsExempt(IPAddress address) => exempt.Contains(address);

    /// <summary>The reply that turns the client away, or null when it may come in; then <see cref="Leave"/> must follow.</summary>
    /// <param name="isProxy">It will name its client: not the network that brings many is limited, but each of them, by <see cref="Move"/>.</param>
    public Reply? Enter(IPAddress address, bool isProxy)
    {
        var key = ClientNetwork.Of(address);
        var free = IsExempt(address);
        lock (_gate)
        {
            if (!free && _total >= options.MaxConnections)
                return Replies.TooManyConnections;
            var here = _byAddress.GetValueOrDefault(key);
            if (!free && !isProxy && here >= options.MaxConnectionsPerAddress)
                return Replies.TooManyFromAddress;
            _byAddress[key] = here + 1;
            _total++;
            return null;
        }
    }

    /// <summary>A session that came in speaks for another client from now on; the reply that turns that one away leaves it counted as before.</summary>
    public Reply? Move(IPAddress from, IPAddress to)
    {
        var (old, key) = (ClientNetwork.Of(from), ClientNetwork.Of(to));
        var free = IsExempt(to);
        lock (_gate)
        {
            var here = _byAddress.GetValueOrDefault(key);
            if (old != key && !free && here >= options.MaxConnectionsPerAddress)
                return Replies.TooManyFromAddress;
            Release(old);
            _byAddress[key] = _byAddress.GetValueOrDefault(key) + 1;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _total--;
            Release(ClientNetwork.Of(address));
        }
    }

    private void Release(IPNetwork key)
    {
        if (_byAddress[key] == 1)
            _byAddress.Remove(key);
        else
            _byAddress[key]--;
    }
}
