using System.Net.Sockets;

namespace MailMesh.Testing;

/// <summary>Concurrent SMTP clients that keep a ledger, and go to another copy of ingress with the next message when one fails them.</summary>
/// <param name="ledger">Gets every message's fate. One that was not answered may have been taken: it is not sent again under its id.</param>
/// <param name="ports">SMTP ports of the copies at this moment.</param>
/// <param name="accounts">Each message goes to some of them.</param>
public sealed class MeshSender(Ledger ledger, Func<IReadOnlyList<int>> ports, IReadOnlyList<string> accounts)
{
    /// <summary>Between a refusal and the next message: a client that asks at once again and again is no sender but an attack.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of the ids of this sender: another may send to the same mailboxes.</summary>
    private readonly string _mark = Guid.NewGuid().ToString("N")[..8];

    private int _sent;

    /// <summary>Messages begun.</summary>
    public int Sent => _sent;

    /// <summary>How long a client waits for a reply. An ingress that needs longer hangs.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Sends while there is more to send.</summary>
    public Task RunAsync(int clients, Func<bool> more) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => SendAsync(client, more))));

    private async Task SendAsync(int client, Func<bool> more)
    {
        SmtpWire? smtp = null;
        for (var copy = client; more();)
        {
            var number = Interlocked.Increment(ref _sent);
            smtp ??= await ConnectAsync(() => copy++);
            if (await TrySendAsync(smtp, $"{_mark}-{client}-{number}", number))
                continue;
            await smtp.DisposeAsync();
            smtp = null;
            await Task.Delay(Pause);
        }
        if (smtp is not null)
            await smtp.DisposeAsync();
    }

    /// <returns>False where the connection is of no more use.</returns>
    private async Task<bool> TrySendAsync(SmtpWire smtp, string id, int number)
    {
        var recipients = accounts.Where((_, i) => (number >> i) % 2 == 1).DefaultIfEmpty(accounts[number % accounts.Count]).ToArray();
        ledger.Note(id, recipients, Fate.Unanswered); // before it is sent: nobody may see it first
        try
        {
            var reply = await smtp.SendMailAsync("sender@client.example", recipients, SampleMessages.Plain(id, 500 + number % 40 * 500));
            ledger.Note(id, recipients, reply.Code == 250 ? Fate.Accepted : Fate.Refused);
            return reply.Code == 250;
        }
        catch (TimeoutException)
        {
            ledger.NoteHanging(id);
            return false;
        }
        catch (Exception failure) when (failure is IOException or SocketException or InvalidOperationException)
        {
            return false;
        }
    }

    private Task<SmtpWire> ConnectAsync(Func<int> next) => Wait.ForAsync<SmtpWire>(
        "a greeting of any ingress",
        async () =>
        {
            var now = ports();
            var smtp = await SmtpWire.GreetAsync(now[next() % now.Count]);
            smtp.Patience = Patience;
            return smtp;
        },
        TimeSpan.FromMinutes(3));
}
