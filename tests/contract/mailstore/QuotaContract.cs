using MailMesh.Accounts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>RFC 9208 STORAGE and MESSAGE: nothing gets in past either, whichever way it comes.</summary>
public abstract class QuotaContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _alice;
    private long _bob;
    private MailboxInfo _inbox = null!;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
        _bob = await _home.AddAccountAsync("bob");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task A_delivery_past_the_number_of_messages_is_refused_for_that_recipient_alone()
    {
        await _home.SetQuotaAsync(_alice, null, 3);
        var batch = new List<Contracts.DeliverMessage>();
        for (var i = 0; i < 5; i++)
            batch.Add(await _home.MessageAsync($"m{i}", _alice, _bob));
        var outcomes = await _home.Store.DeliverAsync(batch);
        Assert.Equal([false, false, false, true, true], outcomes.Select(o => o.Recipients[0].OverQuota));
        Assert.Equal(["INBOX", "INBOX", "INBOX", null, null], outcomes.Select(o => o.Recipients[0].Mailbox));
        Assert.All(outcomes, o => Assert.Equal("INBOX", o.Recipients[1].Mailbox));
        Assert.Equal(new QuotaUse((await UseAsync(_alice)).Octets, null, 3, 3), await UseAsync(_alice));

        // What was refused was not delivered: once there is room, it may come.
        await _home.SetQuotaAsync(_alice, null, 4);
        var again = await _home.Store.DeliverAsync(batch);
        Assert.Equal([true, true, true, false, false], again.Select(o => o.Recipients[0].Duplicate));
        Assert.Equal([false, false, false, false, true], again.Select(o => o.Recipients[0].OverQuota));
    }

    [ContractFact]
    public async Task A_delivery_past_the_octets_is_refused()
    {
        var first = await _home.MessageAsync("m0", _alice);
        await _home.Store.DeliverAsync([first]);
        var size = (await UseAsync(_alice)).Octets;
        await _home.SetQuotaAsync(_alice, (2 * size) + 1, null);
        var outcomes = await _home.Store.DeliverAsync([await _home.MessageAsync("m1", _alice), await _home.MessageAsync("m2", _alice)]);
        Assert.Equal([false, true], outcomes.Select(o => o.Recipients[0].OverQuota));
        Assert.Equal(new QuotaUse(2 * size, (2 * size) + 1, 2, null), await UseAsync(_alice));
    }

    [ContractFact]
    public async Task Copies_that_fill_an_account_together_do_not_go_past_its_quota()
    {
        await _home.SetQuotaAsync(_alice, null, 5);
        MailboxStore[] stores = [_home.Store, _home.AnotherStore()];
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => (await stores[i % 2].DeliverAsync([await _home.MessageAsync($"m{i}", _alice)]))[0].Recipients[0]));
        Assert.Equal(5, outcomes.Count(o => o.Mailbox is not null));
        Assert.Equal(7, outcomes.Count(o => o.OverQuota));
        Assert.Equal(5, (await UseAsync(_alice)).Messages);
    }

    [ContractFact]
    public async Task Appends_and_copies_are_refused_whole_and_moves_within_the_account_are_not()
    {
        await _home.SetQuotaAsync(_alice, null, 3);
        var uids = new List<long> { await _home.AppendAsync(_inbox.Id), await _home.AppendAsync(_inbox.Id) };
        await RefusedAsync(() => _home.Store.CopyAsync(_inbox.Id, uids, _alice, "Trash"));
        Assert.Empty((await _home.Store.OpenAsync(_alice, "Trash")).Messages);
        Assert.Single((await _home.Store.CopyAsync(_inbox.Id, [uids[0]], _alice, "Trash")).TargetUids);
        await RefusedAsync(() => _home.AppendAsync(_inbox.Id));
        Assert.Equal(2, (await _home.Store.MoveAsync(_inbox.Id, uids, _alice, "Archive")).TargetUids.Count);

        // A quota that was lowered takes nothing away and lets nothing in.
        await _home.SetQuotaAsync(_alice, null, 1);
        await RefusedAsync(() => _home.AppendAsync(_inbox.Id));
        Assert.Equal(3, (await UseAsync(_alice)).Messages);
        await _home.SetQuotaAsync(_alice, null, null);
        await _home.AppendAsync(_inbox.Id);
    }

    [ContractFact]
    public async Task The_directory_knows_beforehand_what_a_delivery_will_find()
    {
        var directory = new AccountDirectory(_home.Database, TimeProvider.System);
        Assert.False(await IsFullAsync(long.MaxValue / 2)); // no quota, no limit
        await _home.SetQuotaAsync(_alice, null, 2);
        Assert.False(await IsFullAsync(1));
        await _home.AppendAsync(_inbox.Id);
        Assert.False(await IsFullAsync(1));
        await _home.AppendAsync(_inbox.Id);
        Assert.True(await IsFullAsync(1));

        var used = (await UseAsync(_alice)).Octets;
        await _home.SetQuotaAsync(_alice, used + 10, null);
        Assert.False(await IsFullAsync(10));
        Assert.True(await IsFullAsync(11));
        await _home.SetQuotaAsync(_alice, used - 1, 1000);
        Assert.True(await IsFullAsync(1));

        async Task<bool> IsFullAsync(long octets) =>
            await directory.IsFullAsync(Assert.IsType<AddressResolution.LocalAccount>(await directory.ResolveAsync("alice@example.test")), octets);
    }

    private Task<QuotaUse> UseAsync(long account) => _home.Access.QuotaAsync(account);

    private static async Task RefusedAsync(Func<Task> change) =>
        Assert.Equal(MailboxRefusal.OverQuota, (await Assert.ThrowsAsync<MailboxException>(change)).Refusal);
}
