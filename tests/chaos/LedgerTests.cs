using System.Net.Sockets;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Chaos.Tests;

/// <summary>Promise 1: 250 means kept. The process is killed again and again under load, and the ledger must balance.</summary>
public sealed class LedgerTests(ITestOutputHelper output)
{
    private const int Messages = 2400;
    private const int Clients = 16;
    private const int Kills = 7;

    private static readonly string[] Accounts = ["ann@mesh.test", "ben@mesh.test", "eve@mesh.test", "joe@mesh.test", "kim@mesh.test"];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly Ledger _ledger = new();
    private int _sent;
    private int _killed;

    [Fact]
    public async Task Killed_again_and_again_it_keeps_what_it_took_exactly_once()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = Accounts });
        var before = await ReadAsync(server);
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => SendAsync(server, client))).ToArray();
        var early = await KillAsync(server);
        await Wait.AtMostAsync("the clients to finish", Task.WhenAll(clients).ContinueWith(_ => true, TaskScheduler.Default), Limit);
        await Task.WhenAll(clients);
        await server.SettleAsync(Limit);
        output.WriteLine($"{_ledger.Count} messages, {_ledger.Accepted} accepted, {_killed} kills");
        Assert.True(_ledger.Accepted >= 2000, $"Only {_ledger.Accepted} of {_ledger.Count} messages got 250.");
        var after = await ReadAsync(server);
        Assert.Empty(Accounts.SelectMany(account => _ledger.Audit(account, after[account])));
        foreach (var account in Accounts)
        {
            Assert.Equal(before[account].UidValidity, after[account].UidValidity);
            // A UID never changes its message (RFC 3501 §2.3.1.1).
            Assert.Equal(early[account].Uids, after[account].Uids.Take(early[account].Uids.Count));
            Assert.Equal(early[account].Ids, after[account].Ids.Take(early[account].Ids.Count));
        }
        await server.StopAsync();
    }

    /// <summary>Kills after a random number of accepted messages, once while the spool is replayed; returns what the mailboxes held half-way.</summary>
    private async Task<Dictionary<string, LedgerMailbox>> KillAsync(RunningServer server)
    {
        var halfWay = new Dictionary<string, LedgerMailbox>();
        while (_killed < Kills)
        {
            var goal = _killed == 3 ? 0 : _ledger.Accepted + Random.Shared.Next(20, Messages / (Kills + 2));
            await Wait.UntilAsync($"{goal} accepted messages", () => Task.FromResult(_ledger.Accepted >= goal), Limit);
            await server.KillAsync();
            _killed++;
            await server.StartAgainAsync();
            if (_killed == Kills / 2 + 1)
                halfWay = await ReadAsync(server);
        }
        return halfWay;
    }

    private async Task SendAsync(RunningServer server, int client)
    {
        SmtpWire? smtp = null;
        while (_killed < Kills || _sent < Messages)
        {
            var number = Interlocked.Increment(ref _sent);
            var recipients = Accounts.Where((_, i) => (number >> i) % 2 == 1).DefaultIfEmpty(Accounts[number % Accounts.Length]).ToArray();
            var id = $"{client}-{number}";
            smtp ??= await ConnectAsync(server);
            try
            {
                var reply = await smtp.SendMailAsync("sender@client.example", recipients, SampleMessages.Plain(id, 500 + number % 40 * 500));
                _ledger.Note(id, recipients, reply.Code == 250 ? Fate.Accepted : Fate.Refused);
                if (reply.Code != 250)
                    (await smtp.CommandAsync("RSET")).Expect(250);
            }
            catch (Exception failure) when (failure is IOException or SocketException or TimeoutException or InvalidOperationException)
            {
                _ledger.Note(id, recipients, Fate.Unanswered);
                await smtp.DisposeAsync();
                smtp = null;
            }
        }
        if (smtp is not null)
            await smtp.DisposeAsync();
    }

    private static Task<SmtpWire> ConnectAsync(RunningServer server) =>
        Wait.ForAsync<SmtpWire>("a greeting after a restart", async () => await SmtpWire.GreetAsync(server.Ports.Smtp), TimeSpan.FromMinutes(3));

    private static async Task<Dictionary<string, LedgerMailbox>> ReadAsync(RunningServer server)
    {
        var mailboxes = new Dictionary<string, LedgerMailbox>();
        foreach (var account in Accounts)
            mailboxes[account] = await LedgerMailbox.ReadAsync(server, account);
        return mailboxes;
    }
}
