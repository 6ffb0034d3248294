using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>RFC 4467: secrets of accounts for mailboxes.</summary>
public abstract class MailboxKeysContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private MailboxKeys _keys = null!;
    private long _alice;
    private long _inbox;
    private long _drafts;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _keys = new MailboxKeys(_home.Database);
        _alice = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
        _drafts = (await _home.Directory.FindAsync(_alice, "Drafts"))!.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task A_key_is_made_once_and_is_each_mailboxs_own()
    {
        Assert.Null(await _keys.FindAsync(_inbox, _alice));
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _keys.GetAsync(_inbox, _alice)));
        Assert.All(made, key => Assert.Equal(made[0], key));
        Assert.Equal(made[0], await _keys.FindAsync(_inbox, _alice));
        Assert.Equal(32, made[0].Length);
        Assert.NotEqual(made[0], await _keys.GetAsync(_drafts, _alice));
    }

    [ContractFact]
    public async Task A_reset_revokes_one_or_all()
    {
        var inbox = await _keys.GetAsync(_inbox, _alice);
        var drafts = await _keys.GetAsync(_drafts, _alice);
        await _keys.ResetAsync(_alice, _inbox);
        Assert.Null(await _keys.FindAsync(_inbox, _alice));
        Assert.NotEqual(inbox, await _keys.GetAsync(_inbox, _alice));
        Assert.Equal(drafts, await _keys.FindAsync(_drafts, _alice));
        await _keys.ResetAsync(_alice, null);
        Assert.Null(await _keys.FindAsync(_drafts, _alice));
    }

    [ContractFact]
    public async Task A_key_goes_with_its_mailbox_and_owners_are_found_by_address()
    {
        await _keys.GetAsync(_drafts, _alice);
        await _home.Directory.DeleteAsync(_alice, "Drafts");
        Assert.Null(await _keys.FindAsync(_drafts, _alice));
        Assert.Equal(new MailboxReader(_alice, "alice@example.test"), await _keys.OwnerAsync("Alice@Example.test"));
        Assert.Null(await _keys.OwnerAsync("nobody@example.test"));
    }
}
