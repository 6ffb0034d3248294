using System.Globalization;

namespace MailMesh.Hosting;

/// <summary>
/// What one process takes at all, whatever each service allows its own clients. Connections stay below the limit of open files: at
/// the limit nothing could be accepted, opened or written any more. TLS handshakes, which cost a thousand times what a greeting does,
/// stay so few that the sessions there are keep the processor.
/// </summary>
internal sealed class ConnectionBounds(int maxConnections, int maxHandshakes)
{
    /// <summary>At a millisecond each, what two cores have done in half a second.</summary>
    private const int DefaultHandshakes = 1_000;

    /// <summary>Open files for everything but connections: a twentieth, and no fewer than these.</summary>
    private const int FewestOtherFiles = 256;

    private int _connections;
    private int _handshakes;

    public ConnectionBounds()
        : this(Below(OpenFileLimit()), DefaultHandshakes)
    {
    }

    /// <summary>False when there is no room; else <see cref="Leave"/> must follow.</summary>
    public bool TryEnter() => TryIncrement(ref _connections, maxConnections);

    public void Leave() => Interlocked.Decrement(ref _connections);

    /// <summary>False when too many are under way; else <see cref="EndHandshake"/> must follow.</summary>
    public bool TryBeginHandshake() => TryIncrement(ref _handshakes, maxHandshakes);

    public void EndHandshake() => Interlocked.Decrement(ref _handshakes);

    /// <summary>The connections that a limit of open files leaves room for.</summary>
    internal static int Below(int openFiles) => openFiles - Math.Max(FewestOtherFiles, openFiles / 20);

    private static bool TryIncrement(ref int count, int most)
    {
        if (Interlocked.Increment(ref count) <= most)
            return true;
        Interlocked.Decrement(ref count);
        return false;
    }

    /// <summary>The soft limit, which the runtime raises to the hard one at its start; a million where the system says nothing.</summary>
    private static int OpenFileLimit()
    {
        const string name = "Max open files";
        const int unknown = 1_000_000;
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
            var word = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : unknown;
        }
        catch (IOException)
        {
            return unknown; // no Linux
        }
    }
}
