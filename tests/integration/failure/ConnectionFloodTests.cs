using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Failure;

/// <summary>A flood of connections is turned away at little cost: who is in a session already is served as before.</summary>
public sealed class ConnectionFloodTests
{
    private const int MaxConnections = 50;
    private const int Flood = 4_000;
    private const int Flooders = 16;
    private const int Transactions = 10;
    private const string Account = "ann@mesh.test";

    private readonly ConcurrentBag<Socket> _held = [];

    private int _greeted;
    private int _refused;
    private volatile int _transactions;
    private volatile bool _over;

    [Fact]
    public async Task Sessions_go_on_while_thousands_are_turned_away()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions
        {
            Accounts = [Account],
            Environment = new Dictionary<string, string>
            {
                ["MAILMESH__INGRESS__EXEMPT__NETWORKS"] = "127.0.0.1/32",
                ["MAILMESH__INGRESS__MAXCONNECTIONS"] = $"{MaxConnections}",
                ["MAILMESH__INGRESS__POLICY__GREETDELAY"] = "00:00:00",
                ["MAILMESH__INGRESS__POLICY__NETWORKCONNECTIONS"] = "0",
                ["MAILMESH__INGRESS__POLICY__NETWORKCONNECTIONSPERMINUTE"] = "0",
            },
        });
        await using var session = await SmtpWire.GreetAsync(server.Ports.Smtp);
        var flood = Task.WhenAll(Enumerable.Range(0, Flooders).Select(flooder => Task.Run(() => FloodAsync(server.Ports.Smtp, flooder))));
        try
        {
            for (; _transactions < Transactions; _transactions++)
                (await session.SendMailAsync("sender@client.example", [Account], SampleMessages.Plain($"flood-{_transactions}", 1000))).Expect(250);
        }
        finally
        {
            _over = true;
            await flood;
            foreach (var socket in _held) // none before all flooders are through: a place that is free is taken by the next
                socket.Dispose();
        }
        Assert.InRange(_greeted, 1, MaxConnections);
        Assert.True(_refused >= Flood - MaxConnections, $"Only {_refused} were refused.");
        // Room for new sessions is there as soon as the flood has gone.
        await Wait.UntilAsync("a greeting after the flood", async () => await ConnectAsync(server.Ports.Smtp, 200) is var (socket, reply) && Closed(socket) && reply.StartsWith("220 ", StringComparison.Ordinal));
        await server.SettleAsync();
        await server.StopAsync();
    }

    /// <summary>Opens connections from ever new addresses until the transactions are through, some thousands at least, and keeps open those that are let in.</summary>
    private async Task FloodAsync(int port, int flooder)
    {
        for (var i = flooder; i < Flood || !_over; i += Flooders)
        {
            var (socket, reply) = await ConnectAsync(port, i);
            if (reply.StartsWith("220 ", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _greeted);
                _held.Add(socket);
                continue;
            }
            Assert.StartsWith("421 4.3.2 ", reply, StringComparison.Ordinal);
            Interlocked.Increment(ref _refused);
            socket.Dispose();
        }
    }

    private static async Task<(Socket, string)> ConnectAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Every address of 127.0.0.0/8 is ours; each is another client to the server.
        socket.Bind(new IPEndPoint(new IPAddress([127, 9, (byte)(number / 250 % 250), (byte)(1 + number % 250)]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var octets = new byte[512];
        var read = await socket.ReceiveAsync(octets).WaitAsync(Wait.Long);
        return (socket, Encoding.ASCII.GetString(octets, 0, read));
    }

    private static bool Closed(Socket socket)
    {
        socket.Dispose();
        return true;
    }
}
