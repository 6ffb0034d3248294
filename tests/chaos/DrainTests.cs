using System.Net.Sockets;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Chaos.Tests;

/// <summary>SIGTERM under load, again and again: every transaction that has begun is answered, and what got 250 is there exactly once.</summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Stops = 4;
    private const int PerRound = 150;

    private static readonly string[] Accounts = ["ann@mesh.test", "ben@mesh.test", "eve@mesh.test"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Ledger _ledger = new();
    private int _sent;
    private int _shutOut;
    private volatile bool _done;

    [Fact]
    public async Task Stopped_again_and_again_it_answers_whom_it_let_begin()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = Accounts });
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => SendAsync(server, client))).ToArray();
        for (var stop = 0; stop < Stops; stop++)
        {
            var goal = _ledger.Accepted + PerRound;
            await Wait.UntilAsync($"{goal} accepted messages", () => Task.FromResult(_ledger.Accepted >= goal || clients.Any(client => client.IsFaulted)), Limit);
            await server.StopAsync(); // which wants an exit code of 0
            await server.StartAgainAsync();
        }
        _done = true;
        await Task.WhenAll(clients).WaitAsync(Limit);
        await server.SettleAsync(Limit);
        output.WriteLine($"{_ledger.Count} messages, {_ledger.Accepted} accepted, {_shutOut} sessions ended by 421");
        Assert.Equal(0, _ledger.Unanswered);
        Assert.True(_shutOut > 0, "No session ever saw the drain's 421.");
        foreach (var account in Accounts)
            Assert.Empty(_ledger.Audit(account, await LedgerMailbox.ReadAsync(server, account)));
    }

    private async Task SendAsync(RunningServer server, int client)
    {
        SmtpWire? smtp = null;
        while (!_done)
        {
            var id = $"{client}-{Interlocked.Increment(ref _sent)}";
            smtp ??= await ConnectAsync(server);
            if (await SendAsync(smtp, id) is 250)
                continue;
            await smtp.DisposeAsync();
            smtp = null;
        }
        if (smtp is not null)
            await smtp.DisposeAsync();
    }

    /// <returns>The code that ended the transaction; 421 where the session was over before it.</returns>
    private async Task<int> SendAsync(SmtpWire smtp, string id)
    {
        string[] recipients = [Accounts[id.Length % Accounts.Length]];
        try
        {
            if (await smtp.CommandAsync("MAIL FROM:<sender@client.example>") is { Code: not 250 } refusal)
            {
                Assert.Equal(421, refusal.Code);
                Assert.Contains("4.3.2", refusal.Text, StringComparison.Ordinal);
                Interlocked.Increment(ref _shutOut);
                return refusal.Code;
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return 421; // it was said and the connection closed before we asked
        }
        _ledger.Note(id, recipients, Fate.Unanswered); // until it is answered
        (await smtp.CommandAsync($"RCPT TO:<{recipients[0]}>")).Expect(250);
        (await smtp.CommandAsync("DATA")).Expect(354);
        await smtp.SendAsync(SmtpWire.DotStuffed(SampleMessages.Plain(id, 2000)));
        var reply = await smtp.ReadReplyAsync();
        _ledger.Note(id, recipients, reply.Code == 250 ? Fate.Accepted : Fate.Refused);
        return reply.Code;
    }

    private static Task<SmtpWire> ConnectAsync(RunningServer server) =>
        Wait.ForAsync<SmtpWire>("a greeting after a restart", async () => await SmtpWire.GreetAsync(server.Ports.Smtp), Limit);
}
