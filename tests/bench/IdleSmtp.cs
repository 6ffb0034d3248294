using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Memory of SMTP connections that were greeted, said EHLO and then say nothing.</summary>
/// <param name="Bytes">Of the whole process with all of them open, shared pages by their part (PSS).</param>
/// <param name="BytesPerConnection">What each added.</param>
internal sealed record IdleSmtp(long Bytes, long BytesPerConnection)
{
    /// <summary>What both processes can hold open where `ulimit -Hn` is 20,000.</summary>
    public const int InClear = 18_900;

    public const int UnderTls = 10_000;

    /// <summary>Enough for the machine to be busy, few enough that no listen queue overflows.</summary>
    private const int Openers = 16;

    /// <summary>Connections of one source address: far below the ports that one has.</summary>
    private const int PerAddress = 200;

    /// <summary>Opened and closed first, so that what the first ones load is not counted as theirs.</summary>
    private const int WarmUp = 200;

    public static async Task<IdleSmtp> MeasureAsync(RunningServer server, bool tls, int connections)
    {
        var port = tls ? server.Ports.Submissions : server.Ports.Smtp;
        await CloseAsync(await OpenAsync(port, tls, WarmUp));
        var before = ProcessTree.MemoryBytes([server.ProcessId]);
        var open = await OpenAsync(port, tls, connections);
        try
        {
            var bytes = ProcessTree.MemoryBytes([server.ProcessId]);
            return new IdleSmtp(bytes, (bytes - before) / connections);
        }
        finally
        {
            await CloseAsync(open);
        }
    }

    private static async Task<Stream[]> OpenAsync(int port, bool tls, int connections)
    {
        var open = new Stream[connections];
        await Parallel.ForEachAsync(Enumerable.Range(0, connections), new ParallelOptions { MaxDegreeOfParallelism = Openers }, async (i, _) => open[i] = await OpenOneAsync(port, tls, i));
        return open;
    }

    private static async Task<Stream> OpenOneAsync(int port, bool tls, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // Every address of 127.0.0.0/8 is ours, and each has ports of its own.
        socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(number / PerAddress), 1]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls)
            stream = await UseTlsAsync(stream);
        await ExpectAsync(stream, "220 ");
        await stream.WriteAsync("EHLO client.example\r\n"u8.ToArray());
        await ExpectAsync(stream, "250 ");
        return stream;
    }

    private static async Task<Stream> UseTlsAsync(Stream stream)
    {
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        return secured;
    }

    /// <summary>Reads until the last line of a reply, which begins so.</summary>
    private static async Task ExpectAsync(Stream stream, string start)
    {
        var octets = new byte[1024];
        var text = "";
        while (!text.EndsWith('\n') || !text.Split('\n')[^2].StartsWith(start, StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(octets);
            text += read > 0 ? Encoding.ASCII.GetString(octets, 0, read) : throw new IOException($"The server closed after: {text}");
        }
    }

    private static async Task CloseAsync(Stream[] streams)
    {
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }
}
