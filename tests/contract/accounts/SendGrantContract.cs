using MailMesh.Accounts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

/// <summary>Accounts send with their own addresses and with those that they were granted.</summary>
public abstract class SendGrantContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly AccountsFixture _mail = new(engine);
    private SendGrantAdministration _grants = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _grants = new SendGrantAdministration(_mail.Database, _mail.Clock);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractFact]
    public async Task A_grant_holds_for_its_account_until_it_is_removed()
    {
        var bob = await _mail.AddAsync("bob@example.com");
        Assert.False(await _mail.Directory.MaySendAsAsync(bob.Id, "alice@example.com"));
        Assert.Equal(
            new SendGrantInfo("bob@example.com", "alice@example.com", _mail.Clock.GetUtcNow()), (await _grants.AddAsync("Bob@example.com", "ALICE@Example.com")).Value);
        Assert.True(await _mail.Directory.MaySendAsAsync(bob.Id, "Alice@example.com"));
        Assert.True(await _mail.Directory.MaySendAsAsync(bob.Id, "alice+shop@example.com"));
        Assert.False(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, "bob@example.com"));
        Assert.True((await _grants.RemoveAsync("bob@example.com", "alice@example.com")).Done);
        Assert.False(await _mail.Directory.MaySendAsAsync(bob.Id, "alice@example.com"));
        Assert.Equal(DirectoryRefusal.NotFound, (await _grants.RemoveAsync("bob@example.com", "alice@example.com")).Refusal);
    }

    [ContractFact]
    public async Task A_whole_domain_is_granted_and_no_other()
    {
        Assert.True((await _grants.AddAsync("alice@example.com", "@example.com")).Done);
        Assert.True(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, "anything@example.com"));
        Assert.False(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, "anything@sub.example.com"));
        Assert.False(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, "anything@example.net"));
        Assert.False(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, "@example.com"));
    }

    [ContractTheory]
    [InlineData("nobody@example.com", "a@example.net", DirectoryRefusal.NotFound)]
    [InlineData("alice@example.com", "no address", DirectoryRefusal.InvalidAddress)]
    [InlineData("alice@example.com", "@example.net", DirectoryRefusal.DomainNotOurs)]
    [InlineData("alice@example.com", "TEAM@partner.example", DirectoryRefusal.AlreadyExists)]
    public async Task A_grant_that_cannot_be_added(string account, string address, DirectoryRefusal expected)
    {
        Assert.True((await _grants.AddAsync("alice@example.com", "team@partner.example")).Done);
        Assert.Equal(expected, (await _grants.AddAsync(account, address)).Refusal);
    }

    [ContractFact]
    public async Task Grants_are_listed_in_pages_and_go_with_their_account()
    {
        await _mail.AddAsync("bob@example.com");
        foreach (var (account, address) in ((string, string)[])[("bob@example.com", "x@p.example"), ("alice@example.com", "z@p.example"), ("alice@example.com", "y@p.example")])
            await _grants.AddAsync(account, address);
        Assert.Equal(["y@p.example", "z@p.example", "x@p.example"], (await _grants.ListAsync()).Select(grant => grant.Address));
        Assert.Equal(["z@p.example", "x@p.example"], (await _grants.ListAsync(after: ("alice@example.com", "y@p.example"), limit: 2)).Select(grant => grant.Address));
        Assert.Equal(["x@p.example"], (await _grants.ListAsync("BOB@example.com")).Select(grant => grant.Address));
        await _mail.Administration.RemoveAccountAsync("alice@example.com");
        Assert.Equal(["x@p.example"], (await _grants.ListAsync()).Select(grant => grant.Address));
    }
}
