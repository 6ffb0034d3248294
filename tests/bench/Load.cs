using System.Diagnostics;
using System.Globalization;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Sends so many messages to the accounts in turn and waits until each mailbox shows its own.</summary>
internal sealed class Load(IMailSystem system, BenchOptions options)
{
    /// <summary>Octets from which a message is no text but a file.</summary>
    private const int LeastAttachment = 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Messages before those that are measured: by then code is compiled, and caches are warm.</summary>
    public int WarmUp { get; init; } = 15_000;

    /// <summary>Messages go over one connection after the other; else each has its own.</summary>
    public bool KeepsConnections { get; init; } = true;

    /// <summary>Warms the system up, then measures.</summary>
    public async Task<LoadResult> RunAsync()
    {
        var sessions = new List<ImapWire>();
        try
        {
            for (var account = 0; account < options.Accounts; account++)
                sessions.Add(await system.LoginAsync(account));
            await MeasureAsync(sessions, WarmUp, "warm");
            return await MeasureAsync(sessions, options.Messages, "load");
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    private async Task<LoadResult> MeasureAsync(List<ImapWire> sessions, int messages, string name)
    {
        var goals = new int[sessions.Count];
        for (var account = 0; account < goals.Length; account++)
            goals[account] = await sessions[account].CountAsync() + messages / goals.Length + (account < messages % goals.Length ? 1 : 0);
        var latencies = new TimeSpan[messages];
        var next = -1;
        var cpu = system.Cpu();
        var parts = system.CpuOfParts();
        var allocated = await system.AllocatedBytesAsync();
        var started = Stopwatch.GetTimestamp();
        var ports = system.SmtpPorts;
        var senders = Enumerable.Range(0, options.Connections).Select(i => Task.Factory.StartNew(() => Send(ports[i % ports.Count]), TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(senders);
        var accepted = Stopwatch.GetElapsedTime(started);
        for (var account = 0; account < goals.Length; account++)
            await Wait.UntilAsync($"{goals[account]} messages in {system.Account(account)}", async () => await sessions[account].CountAsync() >= goals[account], Limit);
        var delivered = Stopwatch.GetElapsedTime(started);
        Array.Sort(latencies);
        return new LoadResult(
            messages / accepted.TotalSeconds,
            messages / delivered.TotalSeconds,
            latencies[messages / 2],
            latencies[messages * 99 / 100],
            (system.Cpu() - cpu) / messages,
            (await system.AllocatedBytesAsync() - allocated) / messages,
            system.CpuOfParts().ToDictionary(part => part.Key, part => (part.Value - parts[part.Key]) / messages));

        void Send(int port)
        {
            using var kept = KeepsConnections ? new LoadConnection(port) : null;
            var (message, place) = Message();
            while (Interlocked.Increment(ref next) is var number && number < messages)
            {
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}-{number:D10}"), message.AsSpan(place));
                var commands = Encoding.ASCII.GetBytes($"MAIL FROM:<sender@client.example>\r\nRCPT TO:<{system.Account(number % goals.Length)}>\r\nDATA\r\n");
                using var own = kept is null ? new LoadConnection(port) : null;
                latencies[number] = (kept ?? own!).Send(commands, message);
            }
        }
    }

    /// <summary>A message and the place of its own part of the Message-ID.</summary>
    private (byte[] Octets, int Place) Message()
    {
        var text = new StringBuilder("From: Sender <sender@client.example>\r\nTo: user@bench.test\r\nSubject: A message of the bench\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <");
        var place = text.Length;
        text.Append("load-0000000000@client.example>\r\nMIME-Version: 1.0\r\n");
        if (options.Octets < LeastAttachment)
            AppendWords(text.Append("Content-Type: text/plain\r\n\r\n"));
        else
            AppendAttachment(text.Append("Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"));
        return (Encoding.ASCII.GetBytes(text.Append(".\r\n").ToString()), place);
    }

    /// <summary>Words at random, the same in each run: neither a compressor's dream nor noise.</summary>
    private void AppendWords(StringBuilder text)
    {
        var words = new Random(7);
        while (text.Length < options.Octets - 70)
        {
            for (var word = 0; word < 10; word++)
                text.Append((char)('a' + words.Next(26))).Append((char)('a' + words.Next(26))).Append("tion".AsSpan(0, words.Next(1, 5))).Append(' ');
            text.Append("\r\n");
        }
    }

    /// <summary>What makes mail large: a file that is compressed already, in base64.</summary>
    private void AppendAttachment(StringBuilder text)
    {
        var octets = new byte[(options.Octets - text.Length) / 78 * 57];
        new Random(7).NextBytes(octets);
        text.Append(Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks)).Append("\r\n");
    }
}

/// <summary>What came out.</summary>
/// <param name="Accepted">Messages a second until the last 250.</param>
/// <param name="Delivered">Messages a second until all are visible by IMAP.</param>
/// <param name="Median">Of the times from the end of data to 250.</param>
/// <param name="NinetyNinth">Of the same.</param>
/// <param name="CpuPerMessage">User and system time of all processes of the system.</param>
/// <param name="AllocatedPerMessage">Octets of objects; null where the system does not count them.</param>
/// <param name="CpuOfParts">The same of each part of a system of several programs.</param>
internal sealed record LoadResult(
    double Accepted, double Delivered, TimeSpan Median, TimeSpan NinetyNinth, TimeSpan CpuPerMessage, long? AllocatedPerMessage, IReadOnlyDictionary<string, TimeSpan> CpuOfParts);
