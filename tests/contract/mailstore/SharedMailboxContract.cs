using MailMesh.Accounts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Rights in mailboxes of other accounts (RFC 4314), and what goes from account to account.</summary>
public abstract class SharedMailboxContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const string Alice = "alice@example.test";
    private const string Path = "Other Users/alice@example.test/Work";

    private MailstoreHome _home = null!;
    private MailboxInfo _work = null!;
    private MailboxReader _alice;
    private MailboxReader _bob;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = new MailboxReader(await _home.AddAccountAsync("alice"), Alice);
        _bob = new MailboxReader(await _home.AddAccountAsync("bob"), "bob@example.test");
        _work = await _home.Directory.CreateAsync(_alice.AccountId, "Work");
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Rights_are_what_all_identifiers_give_less_what_any_takes()
    {
        Assert.Null(await _home.Access.FindAsync(_bob, Path));
        await GiveAsync("anyone", "lr");
        await GiveAsync("bob", "swi"); // a name without a domain is one of the owner's
        await GiveAsync("-bob@example.test", "w");
        Assert.Equal("lrsi", MailboxRightsText.Format((await _home.Access.FindAsync(_bob, Path))!.Rights));
        Assert.Equal("lrsi", MailboxRightsText.Format(await _home.Access.RightsAsync(_bob, _work)));
        Assert.Null(await _home.Access.FindAsync(new MailboxReader(0, "eve@elsewhere.test"), Path));
        var shared = Assert.Single(await _home.Access.SharedAsync(_bob));
        Assert.Equal((Path, Alice, "lrsi"), (shared.Path, shared.Owner, MailboxRightsText.Format(shared.Rights)));
        Assert.Empty(await _home.Access.SharedAsync(_alice));
        Assert.Equal(["alice@example.test", "-bob@example.test", "anyone", "bob@example.test"], (await _home.Rights.GetAsync(_work.Id, Alice)).Select(e => e.Identifier));

        await GiveAsync("-anyone", "l");
        Assert.Empty(await _home.Access.SharedAsync(_bob));
        var refused = await Assert.ThrowsAsync<MailboxException>(() => _home.Access.RequireAsync(_bob, Path, MailboxRights.Write));
        Assert.Equal(MailboxRefusal.NonExistent, refused.Refusal); // without l there is nothing to be seen
    }

    [ContractFact]
    public async Task Copies_that_change_rights_at_once_lose_none()
    {
        var letters = MailboxRightsText.Letters.Select(letter => MailboxRightsText.Parse($"{letter}")!.Value).ToList();
        await Task.WhenAll(letters.Select(right => _home.Rights.SetAsync(_work.Id, Alice, "bob", FlagOperation.Add, right)));
        Assert.Equal(MailboxRights.All, await _home.Access.RightsAsync(_bob, _work));
        await Task.WhenAll(letters.Skip(1).Select(right => _home.Rights.SetAsync(_work.Id, Alice, "bob", FlagOperation.Remove, right)));
        Assert.Equal(MailboxRights.Lookup, await _home.Access.RightsAsync(_bob, _work));
    }

    [ContractFact]
    public async Task Rights_go_with_the_mailbox_and_pass_to_new_ones_below()
    {
        await GiveAsync("bob", "lrkx");
        var below = await _home.Access.CreateAsync(_bob, Path + "/a/b");
        Assert.Equal((_alice.AccountId, "Work/a/b"), (below.AccountId, below.Name));
        Assert.Equal("lrkx", MailboxRightsText.Format(await _home.Access.RightsAsync(_bob, below)));
        await _home.Access.RenameAsync(_bob, Path + "/a", Path + "/c");
        Assert.NotNull(await _home.Access.FindAsync(_bob, Path + "/c/b"));
        await _home.Access.DeleteAsync(_bob, Path); // it stays as a level, with nobody's rights
        Assert.Null(await _home.Access.FindAsync(_bob, Path));
        await _home.Access.DeleteAsync(_bob, Path + "/c/b");
        await _home.Directory.CreateAsync(_alice.AccountId, "Work/c/b");
        Assert.Equal("lrkx", MailboxRightsText.Format((await _home.Access.FindAsync(_bob, Path + "/c/b"))!.Rights)); // of c, anew
    }

    [ContractFact]
    public async Task Rights_of_an_account_that_is_removed_are_not_those_of_who_gets_its_address()
    {
        await GiveAsync("bob", "lr");
        await GiveAsync("-bob", "x");
        await GiveAsync("carol", "lr");
        Assert.True((await new AccountAdministration(_home.Database, _home.Clock).RemoveAccountAsync(_bob.Address)).Done);
        Assert.Equal([Alice, "carol@example.test"], (await _home.Rights.GetAsync(_work.Id, Alice)).Select(e => e.Identifier));
    }

    [ContractFact]
    public async Task Too_many_identifiers_are_refused()
    {
        for (var i = 0; i < AccessControlList.MaxEntries; i++)
            await GiveAsync($"user{i}", "l");
        var refused = await Assert.ThrowsAsync<MailboxException>(() => GiveAsync("one-more", "l"));
        Assert.Equal(MailboxRefusal.Limit, refused.Refusal);
        await GiveAsync("user1", "lr");
        await GiveAsync("user1", "");
        await GiveAsync("one-more", "l");
    }

    [ContractFact]
    public async Task Messages_that_cross_keep_the_flags_that_may_be_set_there_and_count_for_the_owner()
    {
        var inbox = (await _home.Directory.FindAsync(_bob.AccountId, "INBOX"))!;
        for (var i = 0; i < 3; i++)
            await _home.AppendAsync(inbox.Id, flags: SystemFlags.Seen | SystemFlags.Flagged, keywords: "$k");
        var target = new CopyTarget(_work, SettableFlags.By(MailboxRights.Insert | MailboxRights.KeepSeen));
        Assert.Equal([1L], (await _home.Store.CopyAsync(inbox.Id, [1], target)).TargetUids);
        Assert.Equal([2L], (await _home.Store.MoveAsync(inbox.Id, [2], target)).TargetUids);
        var messages = (await _home.Store.OpenAsync(_alice.AccountId, "Work")).Messages;
        Assert.All(messages, message => Assert.Equal((SystemFlags.Seen, null), (message.Flags, message.Keywords)));

        // Work is full: no copy and no move from another account gets in, while a move within the account does.
        await SetQuotaAsync(_alice.AccountId, messages.Sum(m => m.Size));
        foreach (var crossing in new[] { _home.Store.CopyAsync(inbox.Id, [3], target), _home.Store.MoveAsync(inbox.Id, [3], target) })
            Assert.Equal(MailboxRefusal.OverQuota, (await Assert.ThrowsAsync<MailboxException>(() => crossing)).Refusal);
        Assert.Equal([1L, 3L], (await _home.Store.OpenAsync(_bob.AccountId, "INBOX")).Messages.Select(m => m.Uid));
        Assert.Single((await _home.Store.MoveAsync(_work.Id, [1], _alice.AccountId, "Archive")).TargetUids);
    }

    [ContractFact]
    public async Task A_replacement_leaves_what_may_not_be_changed()
    {
        await _home.AppendAsync(_work.Id, flags: SystemFlags.Seen | SystemFlags.Flagged, keywords: "$k");
        var change = new FlagChange(FlagOperation.Replace, SystemFlags.Deleted | SystemFlags.Draft, ["$new"]);
        await _home.Store.StoreFlagsAsync(_work.Id, [1], change.Within(SettableFlags.By(MailboxRights.DeleteMessages))!);
        var message = Assert.Single((await _home.Store.OpenAsync(_alice.AccountId, "Work")).Messages);
        Assert.Equal((SystemFlags.Seen | SystemFlags.Flagged | SystemFlags.Deleted, "$k"), (message.Flags, message.Keywords));
        await _home.Store.StoreFlagsAsync(_work.Id, [1], change.Within(SettableFlags.By(MailboxRights.Write))!);
        message = Assert.Single((await _home.Store.OpenAsync(_alice.AccountId, "Work")).Messages);
        Assert.Equal((SystemFlags.Seen | SystemFlags.Deleted | SystemFlags.Draft, "$new"), (message.Flags, message.Keywords));
    }

    private Task GiveAsync(string identifier, string rights) =>
        _home.Rights.SetAsync(_work.Id, Alice, identifier, FlagOperation.Replace, MailboxRightsText.Parse(rights)!.Value);

    private Task SetQuotaAsync(long account, long octets) => _home.SetQuotaAsync(account, octets, null);
}
