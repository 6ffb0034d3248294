using System.Net.Sockets;
using System.Text;

namespace MailMesh.Testing;

/// <summary>A POP3 client that sends exactly what it is told.</summary>
public sealed class PopWire : WireClient
{
    private PopWire(Socket socket)
        : base(socket)
    {
    }

    public string Greeting { get; private set; } = "";

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<PopWire> ConnectAsync(int port, bool tls = false)
    {
        var client = new PopWire(await OpenAsync(port));
        if (tls)
            await client.UseTlsAsync();
        client.Greeting = await client.ReadLineAsync();
        return client;
    }

    /// <summary>Connects to the TLS port and logs in.</summary>
    public static async Task<PopWire> LoginAsync(MailServer server, string user, string password = MailServer.Password)
    {
        var client = await ConnectAsync(server.Ports.Pop3s, tls: true);
        foreach (var command in new[] { $"USER {user}", $"PASS {password}" })
        {
            var reply = await client.CommandAsync(command);
            if (!reply.StartsWith("+OK", StringComparison.Ordinal))
                throw new InvalidOperationException($"{command.Split(' ')[0]} got {reply}");
        }
        return client;
    }

    /// <summary>Sends a line and reads the first line of its reply.</summary>
    public async Task<string> CommandAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadLineAsync();
    }

    /// <summary>RETR: the octets of a message.</summary>
    public async Task<byte[]> RetrieveAsync(int number)
    {
        var reply = await CommandAsync($"RETR {number}");
        if (!reply.StartsWith("+OK", StringComparison.Ordinal))
            throw new InvalidOperationException($"RETR {number} got {reply}");
        var message = new List<byte>();
        while (await ReadLineAsync() is var line && line != ".")
        {
            message.AddRange(Encoding.Latin1.GetBytes(line.StartsWith('.') ? line[1..] : line));
            message.AddRange("\r\n"u8);
        }
        return [.. message];
    }
}
