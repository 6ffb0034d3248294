using CsCheck;
using MailMesh.Mailstore;
using MailMesh.Protocol.Tests.Imap;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Imap;

/// <summary>
/// Sessions of two copies of the service do random things to one mailbox, lose their connections and come back; what their clients
/// were told must be what is there.
/// </summary>
public abstract class UpdateRulesContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly ImapWorld _world = new(engine);

    private const string Lose = "(the connection is lost)";

    private static readonly ClientDialect[] Dialects = [ClientDialect.Plain, ClientDialect.QResync, ClientDialect.CondStore, ClientDialect.Rev2];

    private static readonly Gen<string> Command = Gen.Frequency(
        (3, Gen.Const("APPEND INBOX {11+}\r\nSubject: hi")),
        (3, Gen.Select(Set, Gen.OneOf(Gen.Const("+"), Gen.Const("-"), Gen.Const("")), Gen.Bool, Flags, (set, sign, silent, flags) => $"STORE {set} {sign}FLAGS{(silent ? ".SILENT" : "")} ({flags})")),
        (2, Gen.Select(Set, Flags, (set, flags) => $"UID STORE {set} +FLAGS ({flags})")),
        (2, Gen.Select(Set, set => $"FETCH {set} (UID FLAGS)")),
        (2, Gen.Select(Set, set => $"UID FETCH {set} (FLAGS BODY[TEXT])")),
        (1, Gen.Select(Set, set => $"FETCH {set} BODY[TEXT]")),
        (1, Gen.Const("SEARCH UNSEEN")),
        (1, Gen.Const("UID SEARCH ALL")),
        (2, Gen.Const("EXPUNGE")),
        (1, Gen.Select(Set, set => $"UID EXPUNGE {set}")),
        (1, Gen.Select(Set, set => $"COPY {set} INBOX")),
        (1, Gen.Select(Set, set => $"MOVE {set} Trash")),
        (2, Gen.Select(Set, Gen.Bool, Flags, (set, silent, flags) => $"STORE {set} (UNCHANGEDSINCE MODSEQ) +FLAGS{(silent ? ".SILENT" : "")} ({flags})")),
        (1, Gen.Const("UID FETCH 1:* FLAGS (CHANGEDSINCE MODSEQ VANISHED)")),
        (1, Gen.Const("SELECT")),
        (1, Gen.Const(Lose)),
        (2, Gen.Const("NOOP")));

    private static Gen<string> Set => Gen.OneOf(
        Gen.Int[1, 8].Select(n => $"{n}"), Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], (a, b) => $"{a}:{b}"), Gen.Const("1:*"), Gen.Const("*"));

    private static Gen<string> Flags => Gen.OneOf(Gen.Const("\\Deleted"), Gen.Const("\\Seen"), Gen.Const("\\Flagged kw"), Gen.Const("\\Deleted \\Answered"), Gen.Const("other"));

    public Task InitializeAsync() => _world.InitializeAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [ContractFact]
    public void Every_client_ends_with_what_is_there() =>
        Gen.Select(Gen.Int[0, Dialects.Length - 1], Command).Array[1, 60].Sample(
            steps => RunAsync(steps).GetAwaiter().GetResult(),
            iter: 40,
            threads: 1,
            print: steps => string.Join('\n', steps.Select(s => $"{s.Item1} {Dialects[s.Item1]}: {s.Item2}")));

    private async Task RunAsync((int Session, string Command)[] steps)
    {
        var user = await _world.NewAccountAsync();
        var copies = new[] { _world.Server(), _world.AnotherCopy() };
        var clients = new LosableClient[Dialects.Length];
        for (var i = 0; i < clients.Length; i++)
        {
            var copy = copies[i / 2];
            clients[i] = await LosableClient.StartAsync(() => _world.Connect(copy), Dialects[i], user);
        }
        foreach (var (session, command) in steps)
        {
            var client = clients[session];
            if (command is Lose or "SELECT")
            {
                await (command == Lose ? client.LoseAsync() : client.Model.SelectAsync(client.Model));
                Check(client.Model, await StateAsync(user)); // whoever selects is told of all that there is
                continue;
            }
            var reply = await client.Model.RunAsync(Spoken(command, client.Model).Replace("MODSEQ", $"{client.Model.HighestModSeq}", StringComparison.Ordinal));
            Assert.False(reply.StartsWith("NO [SERVERBUG]", StringComparison.Ordinal) || reply.StartsWith("BAD Unknown", StringComparison.Ordinal), $"{command}: {reply}");
        }
        // What all were told without asking is compared with what is there, not what they would be told on asking.
        foreach (var client in clients)
            await client.Model.RunAsync("NOOP");
        var state = await StateAsync(user);
        foreach (var client in clients)
        {
            Check(client.Model, state);
            await client.Model.VerifyAsync();
            Assert.Equal(state.Messages.Select(m => m.Uid), client.Model.Messages.Select(m => m.Uid!.Value));
            await client.DisposeAsync();
        }
    }

    private async Task<MailboxState> StateAsync(string user) =>
        await _world.Store.OpenAsync((await _world.Accounts.AuthenticateAsync(user, ImapWorld.Password))!.Id, "INBOX");

    /// <summary>The command as the client can say it.</summary>
    private static string Spoken(string command, ImapClientModel client) => client.Dialect switch
    {
        ClientDialect.Plain when command.Contains("MODSEQ", StringComparison.Ordinal) => "NOOP",
        ClientDialect.CondStore => command.Replace(" VANISHED", "", StringComparison.Ordinal),
        _ => command,
    };

    private static void Check(ImapClientModel client, MailboxState state)
    {
        Assert.Equal(state.Messages.Count, client.Messages.Count);
        for (var i = 0; i < state.Messages.Count; i++)
        {
            var (known, actual) = (client.Messages[i], state.Messages[i]);
            Assert.True(known.Uid is null || known.Uid == actual.Uid, $"message {i + 1} is {actual.Uid}, not {known.Uid}");
            if (known.Flags is not null)
                Assert.Equal(Sorted(actual), known.Flags);
        }
    }

    private static string Sorted(MailboxMessage message)
    {
        var names = new List<string>();
        foreach (var flag in Enum.GetValues<SystemFlags>())
        {
            if (flag != SystemFlags.None && message.Flags.HasFlag(flag))
                names.Add("\\" + flag);
        }
        if (message.Keywords is { } keywords)
            names.AddRange(keywords.Split(' '));
        return string.Join(' ', names.Order(StringComparer.Ordinal));
    }

    /// <summary>A client that keeps what it knows when its connection is lost.</summary>
    private sealed class LosableClient(Func<ScriptedSession> connect, ClientDialect dialect, string user) : IAsyncDisposable
    {
        private ScriptedSession _session = null!;

        public ImapClientModel Model { get; private set; } = null!;

        public static async Task<LosableClient> StartAsync(Func<ScriptedSession> connect, ClientDialect dialect, string user)
        {
            var client = new LosableClient(connect, dialect, user);
            await client.ConnectAsync(earlier: null);
            return client;
        }

        public async Task LoseAsync()
        {
            await DisposeAsync();
            await ConnectAsync(Model);
        }

        public ValueTask DisposeAsync() => _session.DisposeAsync();

        private async Task ConnectAsync(ImapClientModel? earlier)
        {
            _session = connect();
            Model = new ImapClientModel(_session, dialect);
            await Model.LogInAsync(user);
            await Model.SelectAsync(earlier);
        }
    }
}
