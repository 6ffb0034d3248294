using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace MailMesh.Testing;

/// <summary>An IMAP client that sends exactly what it is told and returns responses as they came.</summary>
public sealed partial class ImapWire : WireClient
{
    private int _tag;

    private ImapWire(Socket socket)
        : base(socket)
    {
    }

    public string Greeting { get; private set; } = "";

    /// <summary>The tag of the last command.</summary>
    public string LastTag => $"t{_tag}";

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<ImapWire> ConnectAsync(int port, bool tls = false)
    {
        var client = new ImapWire(await OpenAsync(port));
        if (tls)
            await client.UseTlsAsync();
        client.Greeting = await client.ReadLineAsync();
        return client;
    }

    /// <summary>Connects and logs in.</summary>
    public static async Task<ImapWire> LoginAsync(MailServer server, string user, string password = MailServer.Password, bool tls = true)
    {
        var client = await ConnectAsync(tls ? server.Ports.Imaps : server.Ports.Imap, tls);
        (await client.CommandAsync($"LOGIN {user} {password}")).Expect("OK");
        return client;
    }

    /// <summary>Sends a command under a new tag and reads to its tagged response.</summary>
    public async Task<ImapAnswer> CommandAsync(string command)
    {
        var tag = $"t{++_tag}";
        await SendAsync($"{tag} {command}\r\n");
        return await ReadAnswerAsync(tag);
    }

    /// <summary>Reads to a tagged response, or to a continuation request, whose status is then '+'.</summary>
    public async Task<ImapAnswer> ReadAnswerAsync(string tag)
    {
        var untagged = new List<ImapResponse>();
        while (true)
        {
            var response = await ReadResponseAsync();
            if (response.Text.StartsWith("* ", StringComparison.Ordinal))
            {
                untagged.Add(response);
                continue;
            }
            if (response.Text.StartsWith('+'))
                return new ImapAnswer("+", response.Text[1..].TrimStart(), untagged);
            if (!response.Text.StartsWith(tag + " ", StringComparison.Ordinal))
                throw new InvalidDataException($"Neither untagged nor {tag}: '{response.Text}'.");
            var rest = response.Text[(tag.Length + 1)..];
            var blank = rest.IndexOf(' ', StringComparison.Ordinal);
            return new ImapAnswer(blank < 0 ? rest : rest[..blank], blank < 0 ? "" : rest[(blank + 1)..], untagged);
        }
    }

    /// <summary>One response with its literals.</summary>
    public async Task<ImapResponse> ReadResponseAsync()
    {
        var text = new StringBuilder();
        var literals = new List<byte[]>();
        while (true)
        {
            var line = await ReadLineAsync();
            text.Append(line);
            if (LiteralAtEnd().Match(line) is not { Success: true } literal)
                return new ImapResponse(text.ToString(), literals);
            literals.Add(await ReadOctetsAsync(int.Parse(literal.Groups[1].Value, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Messages in a mailbox, by STATUS.</summary>
    public async Task<int> CountAsync(string mailbox = "INBOX")
    {
        var answer = (await CommandAsync($"STATUS {mailbox} (MESSAGES)")).Expect("OK");
        var match = MessagesOfStatus().Match(answer.All);
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : throw new InvalidDataException($"No MESSAGES in: {answer.All}");
    }

    [GeneratedRegex(@"\{(\d+)\}$")]
    private static partial Regex LiteralAtEnd();

    [GeneratedRegex(@"MESSAGES (\d+)")]
    private static partial Regex MessagesOfStatus();
}

/// <summary>An untagged or tagged response: its text with {n} where literals stood, and those.</summary>
public sealed record ImapResponse(string Text, IReadOnlyList<byte[]> Literals);

/// <summary>All that answers one command.</summary>
/// <param name="Status">OK, NO, BAD, or + for a continuation request.</param>
/// <param name="Text">Rest of the tagged line.</param>
/// <param name="Untagged">The untagged responses before it.</param>
public sealed record ImapAnswer(string Status, string Text, IReadOnlyList<ImapResponse> Untagged)
{
    /// <summary>All untagged text.</summary>
    public string All => string.Join('\n', Untagged.Select(response => response.Text));

    /// <summary>The first literal of all, such as the body that was fetched.</summary>
    public byte[] Literal => Untagged.SelectMany(response => response.Literals).FirstOrDefault() ?? throw new InvalidDataException($"No literal in: {All} {Status} {Text}");

    /// <exception cref="InvalidOperationException">It has another status.</exception>
    public ImapAnswer Expect(string status) =>
        Status == status ? this : throw new InvalidOperationException($"Expected {status}, got {Status} {Text}");
}
