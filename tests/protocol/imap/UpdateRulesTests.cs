using CsCheck;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>Sessions do random things to one mailbox; what their clients were told must be what is there.</summary>
[Collection(ImapCollection.Name)]
public sealed class UpdateRulesTests(ImapWorld world)
{
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
        (2, Gen.Const("NOOP")));

    private static Gen<string> Set => Gen.OneOf(
        Gen.Int[1, 8].Select(n => $"{n}"), Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], (a, b) => $"{a}:{b}"), Gen.Const("1:*"), Gen.Const("*"));

    private static Gen<string> Flags => Gen.OneOf(Gen.Const("\\Deleted"), Gen.Const("\\Seen"), Gen.Const("\\Flagged kw"), Gen.Const("\\Deleted \\Answered"), Gen.Const("other"));

    [Fact]
    public void Every_client_ends_with_what_is_there() =>
        Gen.Select(Gen.Int[0, 1], Command).Array[1, 60].Sample(
            steps => RunAsync(steps).GetAwaiter().GetResult(),
            iter: 25,
            threads: 1,
            print: steps => string.Join('\n', steps.Select(s => $"{s.Item1}: {s.Item2}")));

    private async Task RunAsync((int Session, string Command)[] steps)
    {
        var user = await world.NewAccountAsync();
        var server = world.Server();
        await using var first = world.Connect(server);
        await using var second = world.Connect(server);
        var clients = new[] { new ImapClientModel(first), new ImapClientModel(second) };
        foreach (var client in clients)
        {
            Assert.StartsWith("OK", await client.RunAsync($"LOGIN {user} \"{ImapWorld.Password}\""), StringComparison.Ordinal);
            await client.RunAsync("SELECT INBOX");
        }
        foreach (var (session, command) in steps)
        {
            var reply = await clients[session].RunAsync(command);
            Assert.False(reply.StartsWith("NO [SERVERBUG]", StringComparison.Ordinal), $"{command}: {reply}");
        }
        // What both were told without asking is compared with what is there, not what they would be told on asking.
        foreach (var client in clients)
            await client.RunAsync("NOOP");
        var account = await world.Accounts.AuthenticateAsync(user, ImapWorld.Password);
        var state = await world.Store.OpenAsync(account!.Id, "INBOX");
        foreach (var client in clients)
            Check(client, state);
        foreach (var client in clients)
        {
            await client.VerifyAsync();
            Assert.Equal(state.Messages.Select(m => m.Uid), client.Messages.Select(m => m.Uid!.Value));
        }
    }

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
}
