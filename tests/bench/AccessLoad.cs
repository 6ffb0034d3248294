using System.Diagnostics;
using System.Text;

namespace MailMesh.Bench;

/// <summary>The loads by which the IMAP servers of two systems are compared.</summary>
/// <remarks>
/// A round is what a client does when its user looks, reads, flags, saves and deletes a message. It leaves the mailbox as large as it was, so that the last
/// round costs what the first did.
/// </remarks>
internal sealed class AccessLoad(IMailSystem system, BenchOptions options)
{
    /// <summary>In each mailbox.</summary>
    private const int Messages = 100;

    private const int CommandsOfRound = 12;

    public static readonly byte[] Message = Encoding.ASCII.GetBytes(
        "From: Sender <sender@client.example>\r\nTo: user@bench.test\r\nSubject: A message of the bench\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
        + "Message-ID: <access@client.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
        + string.Concat(Enumerable.Repeat("Words of a message that somebody wrote to somebody else, more or less.\r\n", 50)));

    /// <summary>Each load with what came out, as it ends.</summary>
    public async IAsyncEnumerable<(string Load, AccessResult Result)> RunAsync()
    {
        await RunAsync(options.Connections, account =>
        {
            using var client = Connect(account);
            for (var i = 0; i < Messages; i++)
                client.Append(Message);
            return client.Commands;
        }, options.Accounts);
        foreach (var clients in new[] { options.Connections, options.Connections * 10 })
        {
            await MixedAsync(clients, options.Messages); // by then code is compiled
            yield return ($"{clients} clients", await MixedAsync(clients, options.Messages));
        }
        await LoginsAsync(options.Sessions / 2);
        yield return ("logins", await LoginsAsync(options.Sessions));
    }

    /// <summary>So many rounds, divided among clients that stay logged in.</summary>
    private async Task<AccessResult> MixedAsync(int clients, int rounds)
    {
        var open = Enumerable.Range(0, clients).Select(Connect).ToArray();
        try
        {
            foreach (var client in open)
                client.Run("SELECT INBOX");
            return await RunAsync(clients, number =>
            {
                for (var i = number; i < rounds; i += clients)
                    Round(open[number]);
                return (rounds - number + clients - 1) / clients * CommandsOfRound;
            }, clients);
        }
        finally
        {
            foreach (var client in open)
                client.Dispose();
        }
    }

    /// <summary>A session connects, logs in, selects, looks and goes.</summary>
    private Task<AccessResult> LoginsAsync(int sessions) => RunAsync(options.Connections, number =>
    {
        using var client = Connect(number);
        client.Run("SELECT INBOX");
        client.Run("FETCH * (FLAGS ENVELOPE)");
        client.Run("LOGOUT");
        return 1;
    }, sessions);

    private static void Round(AccessConnection client)
    {
        client.Run("SELECT INBOX");
        client.Run("LIST \"\" \"*\"");
        client.Run("STATUS INBOX (MESSAGES UNSEEN UIDNEXT)");
        client.Run("FETCH 1:20 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)");
        client.Run("FETCH 1:* (FLAGS)");
        client.Run("FETCH 7 (BODY.PEEK[])");
        client.Run("STORE 5 +FLAGS (\\Flagged)");
        client.Run("STORE 5 -FLAGS.SILENT (\\Flagged)");
        client.Run("SEARCH UNSEEN SINCE 1-Jan-2020");
        client.Append(Message);
        client.Run("STORE 1 +FLAGS.SILENT (\\Deleted)");
        client.Run("EXPUNGE");
    }

    private AccessConnection Connect(int number) =>
        new(system.ImapPorts[number % system.ImapPorts.Count], system.Account(number % options.Accounts), system.Password);

    /// <summary>Work by its number, in so many threads; its result is what it counts.</summary>
    private async Task<AccessResult> RunAsync(int threads, Func<int, int> work, int count)
    {
        var (next, done) = (-1, 0);
        var cpu = system.Cpu();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning)));
        return new AccessResult(done / Stopwatch.GetElapsedTime(started).TotalSeconds, (system.Cpu() - cpu) / done);

        void Work()
        {
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
                Interlocked.Add(ref done, work(number));
        }
    }
}

/// <summary>What came out.</summary>
/// <param name="Rate">Commands, or login sessions, a second.</param>
/// <param name="Cpu">User and system time of all processes of the system for each.</param>
internal sealed record AccessResult(double Rate, TimeSpan Cpu);
