using System.Diagnostics;
using System.Text.RegularExpressions;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>Two access copies on one mailbox: each session sees at once what the other does.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class TwoCopiesTests(SharedMesh shared, ITestOutputHelper output)
{
    private readonly MeshCluster _mesh = shared.Mesh;

    [MeshFact]
    public async Task A_session_that_idles_on_one_copy_hears_of_deliveries_flags_and_expunges_on_the_other()
    {
        var account = await _mesh.Admin.NewAccountAsync("idle");
        await using var idler = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await using var worker = await ImapWire.LoginAsync(_mesh.Access[1], account);
        (await idler.CommandAsync("SELECT INBOX")).Expect("OK");
        (await worker.CommandAsync("SELECT INBOX")).Expect("OK");
        (await idler.CommandAsync("IDLE")).Expect("+");

        await HeardAsync("a delivery", @"^\* 1 EXISTS", idler, () => DeliverAsync(account, "first"));
        await SeesAsync(worker, 1);
        await HeardAsync("a flag", @"^\* 1 FETCH .*\\Flagged", idler, async () => (await worker.CommandAsync(@"STORE 1 +FLAGS (\Flagged)")).Expect("OK"));
        await HeardAsync("another delivery", @"^\* 2 EXISTS", idler, () => DeliverAsync(account, "second"));
        await SeesAsync(worker, 2);
        await HeardAsync("an APPEND", @"^\* 3 EXISTS", idler, () => AppendAsync(worker));
        await HeardAsync("an expunge", @"^\* 1 EXPUNGE", idler, async () =>
        {
            (await worker.CommandAsync(@"STORE 1 +FLAGS.SILENT (\Deleted)")).Expect("OK");
            (await worker.CommandAsync("EXPUNGE")).Expect("OK");
        });
        await idler.SendAsync("DONE\r\n");
        (await idler.ReadAnswerAsync("t3")).Expect("OK");
        Assert.Equal(2, await idler.CountAsync());
    }

    /// <summary>The order of both sides stays one: what one removes while the other numbers its messages differently.</summary>
    [MeshFact]
    public async Task Both_copies_agree_on_UIDs_and_flags_after_changes_on_both()
    {
        var account = await _mesh.Admin.NewAccountAsync("agree");
        await using var one = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await using var other = await ImapWire.LoginAsync(_mesh.Access[1], account);
        for (var i = 0; i < 10; i++)
            await AppendAsync(i % 2 == 0 ? one : other);
        (await one.CommandAsync("SELECT INBOX")).Expect("OK");
        (await other.CommandAsync("SELECT INBOX")).Expect("OK");
        await Task.WhenAll(
            FlagAsync(one, "1:5"),
            FlagAsync(other, "4:10"));
        (await one.CommandAsync(@"UID STORE 2,3 +FLAGS.SILENT (\Deleted)")).Expect("OK");
        (await other.CommandAsync(@"UID STORE 9 +FLAGS.SILENT (\Deleted)")).Expect("OK");
        (await one.CommandAsync("EXPUNGE")).Expect("OK");
        await Wait.UntilAsync("both copies show the same seven messages, all flagged", async () =>
        {
            var left = await ListAsync(one);
            var right = await ListAsync(other);
            return left.Count == 7 && left.SequenceEqual(right) && left.All(line => line.Contains("Answered", StringComparison.Ordinal));
        });
    }

    /// <summary>RFC 1939 §4: the maildrop is one session's alone, whichever copy it is on.</summary>
    [MeshFact]
    public async Task A_maildrop_that_is_open_on_one_copy_is_locked_on_the_other()
    {
        var account = await _mesh.Admin.NewAccountAsync("maildrop");
        await using var one = await PopWire.LoginAsync(_mesh.Access[0], account);
        await using var other = await PopWire.ConnectAsync(_mesh.Access[1].Ports.Pop3s, tls: true);
        await other.CommandAsync($"USER {account}");
        Assert.StartsWith("-ERR [IN-USE]", await other.CommandAsync($"PASS {MailServer.Password}"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await one.CommandAsync("QUIT"), StringComparison.Ordinal);
        await other.CommandAsync($"USER {account}");
        Assert.StartsWith("+OK", await other.CommandAsync($"PASS {MailServer.Password}"), StringComparison.Ordinal);
    }

    /// <summary>As the broker has it: the queue of a copy is bound for the accounts that have a mailbox open there, and for no other.</summary>
    [MeshFact]
    public async Task An_access_copy_hears_nothing_of_accounts_that_have_no_session_there()
    {
        var here = await _mesh.Admin.NewAccountAsync("here");
        var there = await _mesh.Admin.NewAccountAsync("there");
        var before = await AccountsAsync();
        await using (var one = await IdleAsync(_mesh.Access[0], here))
        await using (var other = await IdleAsync(_mesh.Access[1], there))
        {
            await HeardAsync("a delivery", @"^\* 1 EXISTS", one, () => DeliverAsync(here, "heard-here"));
            await HeardAsync("a delivery to the other", @"^\* 1 EXISTS", other, () => DeliverAsync(there, "heard-there"));
            var added = await Wait.ForAsync("both copies are bound", async () => (await AccountsAsync()).Except(before).ToList() is { Count: >= 2 } bound ? bound : null);
            Assert.Equal(2, added.Count);
            Assert.NotEqual(added[0].Queue, added[1].Queue);
            Assert.NotEqual(added[0].Account, added[1].Account);
        }
        await Wait.UntilAsync("the bindings go with the last session", async () => !(await AccountsAsync()).Except(before).Any());
    }

    /// <summary>RFC 5465: what happens by one copy is told by the other, of mailboxes that nobody there has selected, another user's among them.</summary>
    [MeshFact]
    public async Task NOTIFY_tells_what_comes_by_delivery_and_by_the_other_copy()
    {
        var account = await _mesh.Admin.NewAccountAsync("notify");
        var sharer = await _mesh.Admin.NewAccountAsync("sharer");
        await using var listener = await ImapWire.LoginAsync(_mesh.Access[0], account);
        await using var other = await ImapWire.LoginAsync(_mesh.Access[1], sharer);
        (await listener.CommandAsync(@"NOTIFY SET (subtree """" (MessageNew MessageExpunge MailboxName))")).Expect("OK");
        await HeardAsync("a delivery", @"^\* STATUS INBOX \(MESSAGES 1 ", listener, () => DeliverAsync(account, "notified"));
        await HeardAsync("a mailbox that is shared", $"^\\* LIST \\(\\) \"/\" \"Other Users/{sharer}/INBOX\"", listener, async () =>
            (await other.CommandAsync($"SETACL INBOX {account} lr")).Expect("OK"));
        await HeardAsync("a delivery to the shared mailbox", $"^\\* STATUS \"Other Users/{sharer}/INBOX\" \\(MESSAGES 1 ", listener, () => DeliverAsync(sharer, "shared"));
        await HeardAsync("that it is shared no longer", @"^\* LIST \(\\NoAccess\) ", listener, async () =>
            (await other.CommandAsync($"DELETEACL INBOX {account}")).Expect("OK"));
    }

    private static async Task<ImapWire> IdleAsync(MeshProcess access, string account)
    {
        var imap = await ImapWire.LoginAsync(access, account);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        (await imap.CommandAsync("IDLE")).Expect("+");
        return imap;
    }

    /// <summary>The accounts whose events each access copy gets.</summary>
    private async Task<IReadOnlyList<(string Queue, string Account)>> AccountsAsync() => [.. (await _mesh.Engines.Broker.BindingsAsync())
        .Select(binding => (Queue: (string)binding!["destination"]!, Account: (string)binding["routing_key"]!))
        .Where(binding => binding.Queue.StartsWith("access-", StringComparison.Ordinal) && long.TryParse(binding.Account, out _))];

    private async Task HeardAsync(string what, string pattern, ImapWire idler, Func<Task> act)
    {
        var watch = Stopwatch.StartNew();
        await act();
        var acted = watch.Elapsed;
        while (!Regex.IsMatch((await idler.ReadResponseAsync()).Text, pattern))
        {
            if (watch.Elapsed > Wait.Long)
                throw new TimeoutException($"Heard of other things, but not of {what}.");
        }
        output.WriteLine($"{what}: done after {acted.TotalMilliseconds:F0} ms, heard after {watch.Elapsed.TotalMilliseconds:F0} ms");
    }

    private async Task DeliverAsync(string account, string id)
    {
        await using var smtp = await SmtpWire.GreetAsync(_mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain($"{id}@client.example"))).Expect(250);
    }

    private static async Task SeesAsync(ImapWire imap, int messages) => await Wait.UntilAsync($"{messages} messages", async () =>
    {
        (await imap.CommandAsync("NOOP")).Expect("OK");
        return (await imap.CommandAsync("SEARCH ALL")).Expect("OK").All.Split(' ').Length - 2 == messages;
    });

    private static async Task AppendAsync(ImapWire imap)
    {
        var message = SampleMessages.Plain($"{Guid.NewGuid():N}@client.example");
        (await imap.CommandAsync($"APPEND INBOX {{{message.Length}}}")).Expect("+");
        await imap.SendAsync(message);
        await imap.SendAsync("\r\n");
        (await imap.ReadAnswerAsync(imap.LastTag)).Expect("OK");
    }

    private static async Task FlagAsync(ImapWire imap, string uids)
    {
        foreach (var flag in new[] { @"\Answered", @"\Seen", "$Work" })
            (await imap.CommandAsync($"UID STORE {uids} +FLAGS.SILENT ({flag})")).Expect("OK");
    }

    private static async Task<IReadOnlyList<string>> ListAsync(ImapWire imap)
    {
        (await imap.CommandAsync("NOOP")).Expect("OK");
        return [.. (await imap.CommandAsync("FETCH 1:* (UID FLAGS)")).Expect("OK").Untagged
            .Select(response => Regex.Match(response.Text, @"FETCH \((.*)\)").Groups[1].Value)
            .Select(items => string.Join(' ', Regex.Matches(items, @"[\\$]?\w+").Select(match => match.Value).Where(word => word != @"\Recent").Order(StringComparer.Ordinal)))];
    }
}
