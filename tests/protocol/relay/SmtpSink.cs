using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailMesh.Protocol.Tests;

/// <summary>A mail server on loopback that keeps what it takes and answers as a test tells it.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly Task _accepting;
    private int _connections;

    public SmtpSink()
        : this(IPAddress.Loopback, 0)
    {
    }

    public SmtpSink(IPAddress address, int port)
    {
        _listener = new TcpListener(address, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public int Connections => _connections;

    /// <summary>Every message taken.</summary>
    public ConcurrentQueue<Mail> Mails { get; } = new();

    /// <summary>Every command seen.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    public string[] Capabilities { get; set; } = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];

    /// <summary>The reply to a command; null closes the connection; an empty text is the ordinary reply.</summary>
    public Func<string, string?> Reply { get; set; } = _ => "";

    /// <summary>The reply to a message; null closes the connection.</summary>
    public Func<Mail, string?> Taken { get; set; } = _ => "250 2.0.0 queued";

    /// <summary>Closes the open connections from the server's side.</summary>
    public void CloseConnections()
    {
        foreach (var client in _clients)
            client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseConnections();
        await _accepting;
        await Task.WhenAll(_sessions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _clients.Add(client);
                _sessions.Add(ServeAsync(client));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 sink.test");
        var mail = new Mail("", []);
        while (await reader.ReadLineAsync() is { } command)
        {
            Commands.Enqueue(command);
            if (Reply(command) is not { } reply)
                return;
            if (command.StartsWith("MAIL FROM:", StringComparison.Ordinal))
                mail = new Mail(command.Split('<', '>')[1], []);
            if (command.StartsWith("RCPT TO:", StringComparison.Ordinal) && reply.Length == 0)
                mail.Recipients.Add(command.Split('<', '>')[1]);
            await writer.WriteLineAsync(reply.Length > 0 ? reply : Usual(command, mail));
            if (command == "QUIT")
                return;
            if (command != "DATA" || reply.Length > 0 || mail.Recipients.Count == 0)
                continue;
            await ReadContentAsync(reader, mail);
            if (Taken(mail) is not { } outcome)
                return;
            if (outcome[0] == '2')
                Mails.Enqueue(mail);
            await writer.WriteLineAsync(outcome);
        }
    }

    private string Usual(string command, Mail mail) => command.Split(' ')[0] switch
    {
        "EHLO" => string.Join("\r\n", Capabilities.Select(c => $"250-{c}").Prepend("250-sink.test")) + "\r\n250 HELP",
        "QUIT" => "221 bye",
        "DATA" => mail.Recipients.Count > 0 ? "354 go on" : "554 no valid recipients",
        _ => "250 ok",
    };

    private static async Task ReadContentAsync(StreamReader reader, Mail mail)
    {
        while (await reader.ReadLineAsync() is { } line && line != ".")
            mail.Content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
    }

    internal sealed record Mail(string ReversePath, List<string> Recipients)
    {
        public StringBuilder Content { get; } = new();
    }
}
