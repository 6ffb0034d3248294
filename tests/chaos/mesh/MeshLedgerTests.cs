using System.Diagnostics;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Chaos.Tests.Mesh;

/// <summary>Promise 1 in the mesh: processes are killed one after the other, and each engine goes away once, under load; then the ledger must balance.</summary>
public sealed class MeshLedgerTests(ITestOutputHelper output)
{
    private const int Messages = 5000;
    private const int Clients = 16;
    private const int Copies = 2;

    /// <summary>On a machine so slow that processes die faster than they start, the killing must end for anything to be delivered.</summary>
    private const int MostKills = 75;

    private static readonly string[] Accounts = ["ann@mesh.test", "ben@mesh.test", "eve@mesh.test", "joe@mesh.test", "kim@mesh.test"];

    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private readonly Ledger _ledger = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _killed;

    [MeshFact]
    public async Task Whatever_dies_every_250_is_in_its_mailbox_exactly_once_and_no_UID_repeats()
    {
        await using var engines = await OwnEngines.StartAsync(durable: true);
        var mesh = await MeshCluster.StartAsync(Copies, Accounts, engines.Addresses);
        try
        {
            Say("the mesh is up");
            await RunAsync(mesh, engines);
        }
        catch (Exception failure)
        {
            var logs = Path.Combine(Path.GetTempPath(), $"mesh-ledger-{Environment.ProcessId}.log");
            await File.WriteAllTextAsync(logs, $"{failure}\n\n{mesh.Logs()}");
            Say($"failed; the logs of all processes are in {logs}");
            throw;
        }
        finally
        {
            await mesh.StopAsync(); // its engines go as a whole
        }
    }

    private async Task RunAsync(MeshCluster mesh, OwnEngines engines)
    {
        var sender = new MeshSender(_ledger, () => [.. mesh.Ingress.Select(ingress => ingress.Ports.Smtp)], Accounts);
        var watchers = Accounts.Select(account => new UidWatcher(account, () => mesh.Access)).ToList();
        using var done = new CancellationTokenSource();
        var watching = Task.WhenAll(watchers.Select(watcher => watcher.RunAsync(done.Token)));
        var faults = FaultsAsync(engines);
        var sending = sender.RunAsync(Clients, () => sender.Sent < Messages || !faults.IsCompleted);
        var killing = KillAsync(mesh, sending);
        await Wait.AtMostAsync("the clients to finish", sending.ContinueWith(_ => true, TaskScheduler.Default), Limit);
        await Task.WhenAll(sending, faults, killing);
        Say($"{_ledger.Count} sent, {_ledger.Accepted} accepted, {_ledger.Unanswered} unanswered, {_killed} kills");
        await mesh.ReadyAsync();
        await done.CancelAsync();
        await watching;
        foreach (var access in mesh.Access)
            await BalanceAsync(access, watchers);
        Say($"balanced by both access copies; the watchers saw {watchers.Sum(watcher => watcher.Seen)} UIDs");
        Assert.Empty(watchers.SelectMany(watcher => watcher.Wrong));
        Assert.Empty(_ledger.Hanging);
        Assert.True(_ledger.Accepted >= Messages / 2, $"Only {_ledger.Accepted} of {_ledger.Count} messages got 250.");
    }

    /// <summary>Each engine is stopped and started once, and PostgreSQL killed once, each time after so many more accepted messages.</summary>
    private async Task FaultsAsync(OwnEngines engines)
    {
        Func<Task>[] harms =
        [
            () => engines.DownAsync(OwnEngines.RabbitMq),
            () => engines.DownAsync(OwnEngines.Postgres),
            () => engines.DownAsync(OwnEngines.S3),
            () => engines.KillAsync(OwnEngines.Postgres),
        ];
        string[] names = [OwnEngines.RabbitMq, OwnEngines.Postgres, OwnEngines.S3, OwnEngines.Postgres];
        for (var i = 0; i < harms.Length; i++)
        {
            var goal = _ledger.Accepted + Messages / 10;
            await Wait.UntilAsync($"{goal} accepted messages", () => Task.FromResult(_ledger.Accepted >= goal), Limit);
            Say($"{names[i]} goes, {_ledger.Accepted} accepted");
            await harms[i]();
            await engines.UpAsync(names[i]);
            Say($"{names[i]} is back");
        }
    }

    /// <summary>kill -9 of a process at random, and its start, again and again.</summary>
    private async Task KillAsync(MeshCluster mesh, Task until)
    {
        while (_killed < MostKills && await Task.WhenAny(until, Task.Delay(BetweenKills)) != until)
        {
            var victim = mesh.Processes[Random.Shared.Next(mesh.Processes.Count)];
            await victim.KillAsync();
            victim.Start();
            _killed++;
        }
    }

    private async Task BalanceAsync(MeshProcess access, IReadOnlyList<UidWatcher> watchers)
    {
        foreach (var (account, watcher) in Accounts.Zip(watchers))
        {
            IReadOnlyList<string> wrong = [];
            LedgerMailbox? mailbox = null;
            try
            {
                await Wait.UntilAsync(
                    $"every accepted message in the mailbox of {account}",
                    async () => (wrong = _ledger.Audit(account, mailbox = await LedgerMailbox.ReadAsync(access, account))).Count == 0,
                    TimeSpan.FromMinutes(3));
            }
            catch (TimeoutException failure)
            {
                throw new InvalidOperationException($"{failure.Message}\n{string.Join('\n', wrong)}", failure);
            }
            watcher.Compare(mailbox!);
        }
    }

    private void Say(string what) => output.WriteLine($"{_watch.Elapsed.TotalSeconds,6:F1} s  {what}");
}
