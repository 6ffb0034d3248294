using System.Net;
using System.Net.Sockets;

namespace MailMesh.Testing;

/// <summary>Free ports of one test server, below the range from which the system takes client ports, so that a restart finds them free again.</summary>
public sealed record ServerPorts(int First)
{
    private const int Lowest = 20000;
    private const int Highest = 29000;
    private const int Count = 10;

    private static readonly string[] Names = ["smtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s", "sieve", "http", "lmtp"];

    private static readonly Lock Choosing = new();

    private static int _next = Lowest + Random.Shared.Next((Highest - Lowest) / Count) * Count;

    public int Smtp => First;

    /// <summary>Submission with STARTTLS.</summary>
    public int Submission => First + 1;

    /// <summary>Submission with implicit TLS.</summary>
    public int Submissions => First + 2;

    public int Imap => First + 3;

    public int Imaps => First + 4;

    public int Pop3 => First + 5;

    public int Pop3s => First + 6;

    public int Sieve => First + 7;

    public int Http => First + 8;

    public int Lmtp => First + 9;

    /// <summary>The settings that put each listener on its port.</summary>
    public IEnumerable<KeyValuePair<string, string>> Settings =>
        Names.Select((name, i) => KeyValuePair.Create($"MAILMESH__LISTEN__{name.ToUpperInvariant()}", $"127.0.0.1:{First + i}"));

    /// <summary>A block in which every port is free at this moment.</summary>
    public static ServerPorts Find() => new(FindBlock(Count));

    /// <summary>The first of so many ports in a row, all free at this moment.</summary>
    public static int FindBlock(int count)
    {
        lock (Choosing)
        {
            for (var tries = 0; tries < (Highest - Lowest) / Count; tries++)
            {
                var first = _next + count <= Highest ? _next : Lowest;
                _next = first + count;
                if (Enumerable.Range(first, count).All(IsFree))
                    return first;
            }
        }
        throw new InvalidOperationException($"No {count} free ports in a row from {Lowest} to {Highest}.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
