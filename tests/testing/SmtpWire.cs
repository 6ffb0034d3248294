using System.Net.Sockets;
using System.Text;

namespace MailMesh.Testing;

/// <summary>An SMTP client that sends exactly what it is told.</summary>
public sealed class SmtpWire : WireClient
{
    private SmtpWire(Socket socket)
        : base(socket)
    {
    }

    /// <summary>What the server said first.</summary>
    public SmtpReply Greeting { get; private set; } = new(0, "");

    /// <summary>Connects and reads the greeting.</summary>
    /// <param name="port">On loopback.</param>
    /// <param name="tls">TLS from the first octet.</param>
    public static async Task<SmtpWire> ConnectAsync(int port, bool tls = false)
    {
        var client = await ConnectSilentlyAsync(port);
        if (tls)
            await client.UseTlsAsync();
        client.Greeting = await client.ReadReplyAsync();
        return client;
    }

    /// <summary>Connects and says EHLO.</summary>
    public static async Task<SmtpWire> GreetAsync(int port, bool tls = false)
    {
        var client = await ConnectAsync(port, tls);
        (await client.CommandAsync("EHLO client.example")).Expect(250);
        return client;
    }

    /// <summary>Connects without reading the greeting.</summary>
    public static async Task<SmtpWire> ConnectSilentlyAsync(int port) => new(await OpenAsync(port));

    /// <summary>Sends a line and reads its reply.</summary>
    public async Task<SmtpReply> CommandAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>STARTTLS and a new EHLO.</summary>
    public async Task StartTlsAsync()
    {
        (await CommandAsync("STARTTLS")).Expect(220);
        await UseTlsAsync();
        (await CommandAsync("EHLO client.example")).Expect(250);
    }

    public async Task AuthenticateAsync(string user, string password = MailServer.Password) =>
        (await CommandAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}")))).Expect(235);

    /// <summary>One mail transaction; returns the reply to the message, or the first refusal.</summary>
    /// <param name="from">Reverse-path without brackets.</param>
    /// <param name="recipients">Forward-paths without brackets.</param>
    /// <param name="message">Lines ended by CRLF; dots are stuffed here.</param>
    public async Task<SmtpReply> SendMailAsync(string from, IReadOnlyList<string> recipients, ReadOnlyMemory<byte> message)
    {
        var reply = await CommandAsync($"MAIL FROM:<{from}>");
        foreach (var recipient in recipients)
        {
            if (reply.Code != 250)
                return reply;
            reply = await CommandAsync($"RCPT TO:<{recipient}>");
        }
        if (reply.Code != 250)
            return reply;
        reply = await CommandAsync("DATA");
        if (reply.Code != 354)
            return reply;
        await SendAsync(DotStuffed(message.Span));
        return await ReadReplyAsync();
    }

    /// <summary>RFC 5321 §4.2: all lines of a reply.</summary>
    public async Task<SmtpReply> ReadReplyAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var code))
                throw new InvalidDataException($"Not an SMTP reply: '{line}'.");
            text.Append(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
                return new SmtpReply(code, text.ToString());
            text.Append('\n');
        }
    }

    /// <summary>RFC 5321 §4.5.2: a dot before each dot that starts a line, and the end of the message.</summary>
    public static byte[] DotStuffed(ReadOnlySpan<byte> message)
    {
        var stuffed = new List<byte>(message.Length + 64);
        var lineStarts = true;
        foreach (var octet in message)
        {
            if (lineStarts && octet == '.')
                stuffed.Add((byte)'.');
            stuffed.Add(octet);
            lineStarts = octet == '\n';
        }
        if (!lineStarts)
            stuffed.AddRange("\r\n"u8);
        stuffed.AddRange(".\r\n"u8);
        return [.. stuffed];
    }
}

/// <summary>A reply: code, and the text of its lines without codes.</summary>
public sealed record SmtpReply(int Code, string Text)
{
    /// <summary>The 32 hex digits of the trace id in the reply to a message; empty where there are none.</summary>
    public string TraceId => System.Text.RegularExpressions.Regex.Match(Text, "[0-9a-f]{32}").Value;

    /// <exception cref="InvalidOperationException">It is another reply.</exception>
    public SmtpReply Expect(int code, string textStart = "") =>
        Code == code && Text.StartsWith(textStart, StringComparison.Ordinal)
            ? this
            : throw new InvalidOperationException($"Expected {code} {textStart}, got {Code} {Text}");
}
