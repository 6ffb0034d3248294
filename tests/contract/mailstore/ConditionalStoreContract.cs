using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>RFC 7162 on the store: changes under a condition, and the memory of what went, with two copies of the services on one database.</summary>
public abstract class ConditionalStoreContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private MailboxStore[] _copies = null!;
    private long _account;
    private long _inbox;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _copies = [_home.Store, _home.AnotherStore()];
        _account = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_account, "INBOX"))!.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task A_condition_refuses_those_that_changed_and_them_alone()
    {
        for (var i = 0; i < 5; i++)
            await _home.AppendAsync(_inbox);
        await _copies[1].StoreFlagsAsync(_inbox, [2, 4], Adding(SystemFlags.Answered)); // MODSEQ 7
        await _home.Store.ExpungeAsync(_inbox, [5], evenWithoutDeleted: true); // MODSEQ 8
        Assert.Equal([2, 4], await _home.Store.StoreFlagsAsync(_inbox, [1, 2, 3, 4, 5, 9], Adding(SystemFlags.Seen, "kw"), unchangedSince: 6));
        Assert.Equal([(1, SystemFlags.Seen, 9), (2, SystemFlags.Answered, 7), (3, SystemFlags.Seen, 9), (4, SystemFlags.Answered, 7)], await MessagesAsync());
        Assert.Equal([1, 2, 3, 4], await _home.Store.StoreFlagsAsync(_inbox, [1, 2, 3, 4], Adding(SystemFlags.Draft), unchangedSince: 1));
        Assert.Equal(9, (await _home.Store.OpenAsync(_account, "INBOX")).Mailbox.HighestModSeq); // nothing changed, so nothing moved
        Assert.Empty(await _home.Store.StoreFlagsAsync(_inbox, [1, 2, 3, 4], Adding(SystemFlags.Draft), unchangedSince: 9));
        Assert.Empty(await _home.Store.StoreFlagsAsync(_inbox, [1], Adding(SystemFlags.Draft)));
    }

    /// <summary>A counter that clients keep as a keyword: each reads it, and writes the next only where nobody did meanwhile.</summary>
    [ContractFact]
    public async Task Of_copies_that_change_a_message_at_once_under_a_condition_one_wins()
    {
        await _home.AppendAsync(_inbox, keywords: "n0");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            for (var done = 0; done < 5;)
            {
                var store = _copies[worker % 2];
                var message = Assert.Single((await store.OpenAsync(_account, "INBOX")).Messages);
                var next = int.Parse(message.Keywords![1..], System.Globalization.CultureInfo.InvariantCulture) + 1;
                var change = new FlagChange(FlagOperation.Replace, SystemFlags.None, [$"n{next}"]);
                if ((await store.StoreFlagsAsync(_inbox, [1], change, message.ModSeq)).Count == 0)
                    done++;
            }
        })));
        Assert.Equal("n30", Assert.Single((await _home.Store.OpenAsync(_account, "INBOX")).Messages).Keywords);
    }

    [ContractFact]
    public async Task What_went_is_known_between_two_modseqs()
    {
        for (var i = 0; i < 6; i++)
            await _home.AppendAsync(_inbox); // MODSEQs 2 to 7
        await _copies[0].ExpungeAsync(_inbox, [2], evenWithoutDeleted: true); // 8
        await _copies[1].MoveAsync(_inbox, [5, 6], _account, "Trash"); // 9
        await _copies[0].ExpungeAsync(_inbox, [1], evenWithoutDeleted: true); // 10
        Assert.Equal([1, 2, 5, 6], await _copies[1].VanishedSinceAsync(_inbox, 1, 10));
        Assert.Equal([2, 5, 6], await _copies[1].VanishedSinceAsync(_inbox, 7, 9));
        Assert.Equal([5, 6], await _copies[0].VanishedSinceAsync(_inbox, 8, 9));
        Assert.Empty((await _copies[0].VanishedSinceAsync(_inbox, 10, 10))!);
        Assert.Empty((await _copies[0].VanishedSinceAsync(_inbox, 90, 10))!);
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE mailboxes SET swept_mod_seq = 8 WHERE id = @id", ("@id", _inbox)));
        Assert.Null(await _copies[0].VanishedSinceAsync(_inbox, 7, 10));
        Assert.Equal([1, 5, 6], await _copies[0].VanishedSinceAsync(_inbox, 8, 10));
    }

    [ContractFact]
    public async Task Every_way_into_a_mailbox_leaves_the_moment()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await _home.AppendAsync(_inbox);
        await _home.Store.DeliverAsync([await _home.MessageAsync("m", _account)]);
        await _home.Store.CopyAsync(_inbox, [1], _account, "Archive");
        await _home.Store.MoveAsync(_inbox, [1, 2], _account, "Trash");
        await _home.AppendAsync(_inbox);
        foreach (var (name, count) in new[] { ("INBOX", 1), ("Archive", 1), ("Trash", 2) })
        {
            var mailbox = await _home.Store.OpenAsync(_account, name);
            var saved = await _copies[1].SavedDatesAsync(mailbox.Mailbox.Id, 1, 100);
            Assert.Equal(mailbox.Messages.Select(m => m.Uid), saved.Keys.Order());
            Assert.Equal(count, saved.Count);
            Assert.All(saved.Values, at => Assert.InRange(at, before, DateTimeOffset.UtcNow));
        }
        Assert.Empty(await _home.Store.SavedDatesAsync(_inbox, 1, 2));
    }

    private async Task<IEnumerable<(int, SystemFlags, int)>> MessagesAsync() =>
        (await _home.Store.OpenAsync(_account, "INBOX")).Messages.Select(m => ((int)m.Uid, m.Flags, (int)m.ModSeq));

    private static FlagChange Adding(SystemFlags flags, params string[] keywords) => new(FlagOperation.Add, flags, keywords);
}
