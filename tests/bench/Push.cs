using System.Diagnostics;
using System.Text;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>How long after its 250 a message is told to the sessions that wait for it, while thousands of others wait for theirs.</summary>
/// <remarks>Every other connection waits by NOTIFY (RFC 5465), the others by IDLE. One message at a time, so that nothing waits for anything else.</remarks>
internal sealed class Push(IMailSystem system, BenchOptions options)
{
    /// <summary>Messages before those that are measured: by then code is compiled.</summary>
    private const int WarmUp = 50;

    /// <summary>Opened side by side.</summary>
    private const int OpenedAtOnce = 8;

    private const string Body = "From: sender@client.example\r\nSubject: push\r\n\r\ntext\r\n.\r\n";

    /// <summary>Times from 250 to each session's EXISTS, ascending.</summary>
    public async Task<TimeSpan[]> MeasureAsync()
    {
        var sessions = new ImapWire[options.Connections];
        try
        {
            await Parallel.ForAsync(0, sessions.Length, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (number, _) => sessions[number] = await OpenAsync(number));
            using var sender = new LoadConnection(system.SmtpPorts[0]);
            var times = new List<TimeSpan>();
            for (var message = 0; message < WarmUp + options.Messages; message++)
            {
                var told = await SendAsync(sender, sessions, message % options.Accounts);
                if (message >= WarmUp)
                    times.AddRange(told);
            }
            times.Sort();
            return [.. times];
        }
        finally
        {
            foreach (var session in sessions.OfType<ImapWire>())
                await session.DisposeAsync();
        }
    }

    private async Task<ImapWire> OpenAsync(int number)
    {
        var imap = await system.LoginAsync(number % options.Accounts, tls: false);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        // Each account has sessions of both kinds.
        if (number / options.Accounts % 2 == 0)
            (await imap.CommandAsync("IDLE")).Expect("+");
        else
            (await imap.CommandAsync("NOTIFY SET (SELECTED (MessageNew MessageExpunge))")).Expect("OK");
        return imap;
    }

    private async Task<TimeSpan[]> SendAsync(LoadConnection sender, ImapWire[] sessions, int account)
    {
        var told = sessions.Where((_, number) => number % options.Accounts == account).Select(ToldAsync).ToList();
        sender.Send(Encoding.ASCII.GetBytes($"MAIL FROM:<sender@client.example>\r\nRCPT TO:<{system.Account(account)}>\r\nDATA\r\n"), Encoding.ASCII.GetBytes(Body));
        var accepted = Stopwatch.GetTimestamp();
        return [.. (await Task.WhenAll(told)).Select(at => at > accepted ? Stopwatch.GetElapsedTime(accepted, at) : TimeSpan.Zero)];
    }

    /// <summary>When the session was told of a message.</summary>
    private static async Task<long> ToldAsync(ImapWire session)
    {
        while (!(await session.ReadResponseAsync()).Text.EndsWith(" EXISTS", StringComparison.Ordinal))
        {
            // RECENT, or what NOTIFY gives of the message before
        }
        return Stopwatch.GetTimestamp();
    }
}
