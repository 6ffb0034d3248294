using System.Diagnostics;
using System.Net.Sockets;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Chaos.Tests.Mesh;

/// <summary>An engine stops, hangs, is slow or refuses: senders get 451 in time, readers NO [UNAVAILABLE] or what is known, nothing that was accepted is lost, and everything recovers by itself.</summary>
public sealed class EngineFaultTests(FaultyMesh faulty, ITestOutputHelper output) : IClassFixture<FaultyMesh>
{
    /// <summary>No session waits longer for an answer, whatever its engines do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120); // less than what mail clients wait

    private readonly MeshCluster _mesh = faulty.Mesh;
    private readonly Ledger _ledger = new();

    [MeshTheory]
    [InlineData(OwnEngines.RabbitMq)]
    [InlineData(OwnEngines.Postgres)]
    [InlineData(OwnEngines.S3)]
    public Task Stopped_and_started(string engine) =>
        AwayAsync(engine, () => faulty.Engines.DownAsync(engine), () => faulty.Engines.UpAsync(engine));

    [MeshTheory]
    [InlineData(OwnEngines.RabbitMq)]
    [InlineData(OwnEngines.Postgres)]
    [InlineData(OwnEngines.S3)]
    public Task Paused_and_resumed(string engine) =>
        AwayAsync(engine, () => faulty.Engines.PauseAsync(engine), () => faulty.Engines.ResumeAsync(engine));

    [MeshTheory]
    [InlineData(OwnEngines.RabbitMq)]
    [InlineData(OwnEngines.Postgres)]
    [InlineData(OwnEngines.S3)]
    public Task Refusing(string engine) =>
        AwayAsync(engine, () => Now(faulty.Proxy(engine).Refuse), () => Now(faulty.Proxy(engine).Pass));

    /// <summary>Every answer of it half a second late: mail is slow, or deferred, and goes on.</summary>
    [MeshTheory]
    [InlineData(OwnEngines.RabbitMq)]
    [InlineData(OwnEngines.Postgres)]
    [InlineData(OwnEngines.S3)]
    public Task Slow(string engine) => UnderMailAsync(engine, async () =>
    {
        faulty.Proxy(engine).Delay(TimeSpan.FromMilliseconds(500));
        var reply = await SendAsync("slow");
        Assert.True(reply.Code is 250 or 451 or 421, $"{reply.Code} {reply.Text}");
        await using var imap = await ReaderAsync();
        (await imap.CommandAsync("FETCH 1 BODY.PEEK[]")).Expect("OK");
    }, () => Now(() => faulty.Proxy(engine).Delay(TimeSpan.Zero)));

    [MeshTheory]
    [InlineData(OwnEngines.RabbitMq)]
    [InlineData(OwnEngines.Postgres)]
    [InlineData(OwnEngines.S3)]
    public Task Killed_and_started(string engine) => UnderMailAsync(engine, () => faulty.Engines.KillAsync(engine), () => faulty.Engines.UpAsync(engine));

    private Task AwayAsync(string engine, Func<Task> leave, Func<Task> comeBack) => UnderMailAsync(engine, async () =>
    {
        await using var imap = await ReaderAsync();
        await leave();
        await _mesh.Ingress[0].NotReadyAsync(SettingOf(engine));
        var reply = await SendAsync("away");
        Assert.True(reply.Code is 451 or 421, $"Without {engine} the answer is {reply.Code} {reply.Text}");
        await ReadAnywayAsync(imap);
        Assert.True((await _mesh.Ingress[0].Http.GetAsync(new Uri("health/live", UriKind.Relative))).IsSuccessStatusCode);
    }, comeBack);

    private async Task UnderMailAsync(string engine, Func<Task> harm, Func<Task> undo)
    {
        if (await faulty.RunAsync(() => HarmAsync(engine, harm, undo)))
            output.WriteLine("All had been started anew, since the test before failed.");
    }

    /// <summary>Does harm while mail flows, undoes it, and then wants everything to be well within a minute.</summary>
    private async Task HarmAsync(string engine, Func<Task> harm, Func<Task> undo)
    {
        await SendUntilAcceptedAsync("before");
        var sending = true;
        var sender = new MeshSender(_ledger, () => [_mesh.Ingress[0].Ports.Smtp], [FaultyMesh.Account]) { Patience = Patience };
        var mail = sender.RunAsync(clients: 2, () => Volatile.Read(ref sending));
        try
        {
            await UndoneAsync(harm, undo);
            var back = Stopwatch.StartNew();
            await SendUntilAcceptedAsync("after");
            var accepting = back.Elapsed;
            await Task.WhenAll(_mesh.Processes.Select(process => process.ReadyAsync()));
            output.WriteLine($"{engine} is back: mail accepted after {accepting.TotalSeconds:F1} s, all ready after {back.Elapsed.TotalSeconds:F1} s");
            Volatile.Write(ref sending, false);
            await mail;
            await BalanceAsync();
            output.WriteLine($"balanced after {back.Elapsed.TotalSeconds:F1} s: {_ledger.Count} sent, {_ledger.Accepted} accepted, {_ledger.Unanswered} unanswered");
            Assert.Empty(_ledger.Hanging);
        }
        finally
        {
            Volatile.Write(ref sending, false); // a test that failed sends nothing into the next one
        }
    }

    private static async Task UndoneAsync(Func<Task> harm, Func<Task> undo)
    {
        try
        {
            await harm();
        }
        finally
        {
            await undo();
        }
    }

    private async Task BalanceAsync()
    {
        IReadOnlyList<string> wrong = [];
        try
        {
            await Wait.UntilAsync("every accepted message once in the mailbox", async () =>
            {
                var held = await LedgerMailbox.ReadAsync(_mesh.Access[0], FaultyMesh.Account);
                return (wrong = _ledger.Audit(FaultyMesh.Account, held.Only(_ledger.Knows))).Count == 0;
            });
        }
        catch (TimeoutException failure)
        {
            Assert.Fail($"{failure.Message}\n{string.Join('\n', wrong)}\n{_mesh.Logs()}");
        }
    }

    private async Task<SmtpReply> SendAsync(string name)
    {
        var id = $"{name}-{Guid.NewGuid():N}";
        try
        {
            await using var smtp = await SmtpWire.ConnectAsync(_mesh.Ingress[0].Ports.Smtp);
            smtp.Patience = Patience;
            if (smtp.Greeting.Code != 220)
                return smtp.Greeting;
            (await smtp.CommandAsync("EHLO client.example")).Expect(250);
            _ledger.Note(id, [FaultyMesh.Account], Fate.Unanswered);
            var reply = await smtp.SendMailAsync("sender@client.example", [FaultyMesh.Account], SampleMessages.Plain(id, 5000));
            _ledger.Note(id, [FaultyMesh.Account], reply.Code == 250 ? Fate.Accepted : Fate.Refused);
            return reply;
        }
        catch (SocketException refused)
        {
            throw new InvalidOperationException($"Ingress takes no connection: {refused.Message}", refused);
        }
    }

    private async Task SendUntilAcceptedAsync(string name)
    {
        SmtpReply? last = null;
        try
        {
            await Wait.UntilAsync($"a message is accepted, {name} the fault", async () => (last = await SendAsync(name)).Code == 250);
        }
        catch (TimeoutException failure)
        {
            Assert.Fail($"{failure.Message}\nLast reply: {last?.Code} {last?.Text}\n{await faulty.Engines.StatusAsync()}\n{_mesh.Logs()}");
        }
    }

    private Task<ImapWire> ReaderAsync() => Wait.ForAsync<ImapWire>("a reader with a message", async () =>
    {
        var imap = await ImapWire.LoginAsync(_mesh.Access[0], FaultyMesh.Account);
        imap.Patience = Patience;
        if ((await imap.CommandAsync("SELECT INBOX")).Status == "OK" && await imap.CountAsync() > 0)
            return imap;
        await imap.DisposeAsync();
        return null;
    });

    /// <summary>A session that was open gets an answer to everything, in time: what is known, or NO [UNAVAILABLE]. The last message is one that nobody has read yet.</summary>
    private static async Task ReadAnywayAsync(ImapWire imap)
    {
        foreach (var command in new[] { "NOOP", "FETCH * BODY.PEEK[]", "STORE 1 +FLAGS ($Seen)" })
        {
            var answer = await imap.CommandAsync(command);
            Assert.True(answer.Status == "OK" || answer.Text.Contains("UNAVAILABLE", StringComparison.Ordinal), $"{command}: {answer.Status} {answer.Text}");
        }
    }

    private static string SettingOf(string engine) => engine switch
    {
        OwnEngines.RabbitMq => "MAILMESH__BUS__RABBITMQ",
        OwnEngines.Postgres => "MAILMESH__STORE__POSTGRES",
        _ => "MAILMESH__BLOBS__S3",
    };

    private static Task Now(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
