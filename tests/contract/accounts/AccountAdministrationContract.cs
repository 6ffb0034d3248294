using MailMesh.Accounts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public abstract class AccountAdministrationContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly AccountsFixture _mail = new(engine);

    public Task InitializeAsync() => _mail.InitializeAsync();

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractTheory]
    [InlineData("", DirectoryRefusal.InvalidName)]
    [InlineData("no domain", DirectoryRefusal.InvalidName)]
    [InlineData("192.0.2.1", DirectoryRefusal.InvalidName)]
    [InlineData("EXAMPLE.com", DirectoryRefusal.AlreadyExists)]
    public async Task A_domain_that_cannot_be_added(string name, DirectoryRefusal expected) =>
        Assert.Equal(expected, (await _mail.Administration.AddDomainAsync(name)).Refusal);

    [ContractTheory]
    [InlineData("no address", "pw", DirectoryRefusal.InvalidAddress)]
    [InlineData("postmaster", "pw", DirectoryRefusal.InvalidAddress)]
    [InlineData("a+b@example.com", "pw", DirectoryRefusal.InvalidAddress)]
    [InlineData("a@example.net", "pw", DirectoryRefusal.DomainNotOurs)]
    [InlineData("ALICE@example.com", "pw", DirectoryRefusal.AlreadyExists)]
    [InlineData("a@example.com", "", DirectoryRefusal.InvalidPassword)]
    public async Task An_account_that_cannot_be_added(string address, string password, DirectoryRefusal expected)
    {
        var outcome = await _mail.Administration.AddAccountAsync(address, password);
        Assert.False(outcome.Done);
        Assert.Equal(expected, outcome.Refusal);
        Assert.NotEmpty(outcome.Reason);
    }

    [ContractTheory]
    [InlineData("no address", "a@example.net", DirectoryRefusal.InvalidAddress)]
    [InlineData("a@example.com", "no address", DirectoryRefusal.InvalidAddress)]
    [InlineData("a@example.net", "a@example.org", DirectoryRefusal.DomainNotOurs)]
    [InlineData("alice@example.com", "a@example.org", DirectoryRefusal.AlreadyExists)]
    [InlineData("team@EXAMPLE.com", "Alice@example.com", DirectoryRefusal.AlreadyExists)]
    public async Task An_alias_that_cannot_be_added(string source, string target, DirectoryRefusal expected)
    {
        await _mail.AliasAsync("team@example.com", "alice@example.com");
        Assert.Equal(expected, (await _mail.Administration.AddAliasAsync(source, target)).Refusal);
    }

    [ContractTheory]
    [InlineData("no domain", "mx.example.net", 25)]
    [InlineData("example.net", "no host", 25)]
    [InlineData("example.net", "mx.example.net", 0)]
    public async Task A_route_that_cannot_be_added(string domain, string host, int port) =>
        Assert.Equal(DirectoryRefusal.InvalidName, (await _mail.Administration.AddRouteAsync(new NewRoute(domain, host, port))).Refusal);

    [ContractFact]
    public async Task A_domain_goes_only_when_it_is_empty()
    {
        await _mail.AliasAsync("team@example.com", "alice@example.com");
        Assert.Equal(DirectoryRefusal.DomainInUse, (await _mail.Administration.RemoveDomainAsync("example.com")).Refusal);
        Assert.Equal(new DomainInfo("example.com", _mail.Clock.Start, 1, 1), Assert.Single(await _mail.Administration.ListDomainsAsync()));
        Assert.True((await _mail.Administration.RemoveAccountAsync("alice@example.com")).Done);
        Assert.Equal(DirectoryRefusal.DomainInUse, (await _mail.Administration.RemoveDomainAsync("example.com")).Refusal);
        Assert.Single((await _mail.Administration.RemoveAliasAsync("team@example.com")).Value!.Aliases);
        Assert.True((await _mail.Administration.RemoveDomainAsync("EXAMPLE.com.")).Done);
        Assert.Equal(DirectoryRefusal.NotFound, (await _mail.Administration.RemoveDomainAsync("example.com")).Refusal);
        Assert.Empty(await _mail.Administration.ListDomainsAsync());
    }

    [ContractFact]
    public async Task Accounts_are_listed_found_and_changed()
    {
        await _mail.Administration.AddDomainAsync("example.org");
        await _mail.AddAsync("bob@example.org");
        Assert.Equal(["alice@example.com", "bob@example.org"], (await _mail.Administration.ListAccountsAsync()).Select(a => a.Address));
        Assert.Equal(["bob@example.org"], (await _mail.Administration.ListAccountsAsync("Example.org")).Select(a => a.Address));
        await _mail.Administration.SetDisplayNameAsync("BOB@example.org", "Bob");
        await _mail.Administration.SetEnabledAsync("bob@example.org", false);
        var bob = await _mail.Administration.FindAccountAsync("bob@example.org");
        Assert.Equal(("Bob", false), (bob!.DisplayName, bob.Enabled));
        Assert.Equal(DirectoryRefusal.NotFound, (await _mail.Administration.SetPasswordAsync("carol@example.org", "pw")).Refusal);
        Assert.Null(await _mail.Administration.FindAccountAsync("carol@example.org"));
    }

    [ContractFact]
    public async Task One_target_of_an_alias_goes_alone()
    {
        await _mail.AliasAsync("team@example.com", "alice@example.com");
        await _mail.AliasAsync("team@example.com", "Ext@example.net");
        Assert.Equal(DirectoryRefusal.NotFound, (await _mail.Administration.RemoveAliasAsync("team@example.com", "no@example.net")).Refusal);
        Assert.True((await _mail.Administration.RemoveAliasAsync("Team@example.com", "ext@example.net")).Done);
        Assert.Equal(["alice@example.com"], (await _mail.Administration.ListAliasesAsync("example.com")).Select(a => a.Target));
    }

    [ContractFact]
    public async Task A_route_keeps_its_password_to_itself()
    {
        Assert.True((await _mail.Administration.AddRouteAsync(new NewRoute("*", "smarthost.example.net", 587, "user", "secret"))).Done);
        Assert.Equal(DirectoryRefusal.AlreadyExists, (await _mail.Administration.AddRouteAsync(new NewRoute("*", "192.0.2.1", 25))).Refusal);
        var route = Assert.Single(await _mail.Administration.ListRoutesAsync());
        Assert.DoesNotContain("secret", route.ToString());
        Assert.True((await _mail.Administration.RemoveRouteAsync("*")).Done);
        Assert.Equal(DirectoryRefusal.NotFound, (await _mail.Administration.RemoveRouteAsync("*")).Refusal);
    }

    [ContractFact]
    public async Task Copies_that_add_the_same_at_once_are_told_which_of_them_was_first()
    {
        AccountAdministration[] copies = [_mail.Administration, _mail.AnotherAdministration()];
        var domains = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => copies[i % 2].AddDomainAsync("race.test")));
        Assert.Single(domains, outcome => outcome.Done);
        Assert.All(domains.Where(outcome => !outcome.Done), outcome => Assert.Equal(DirectoryRefusal.AlreadyExists, outcome.Refusal));

        // One address is an account or an alias, never both.
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i => i % 2 == 0
            ? (await copies[i / 2 % 2].AddAccountAsync("same@race.test", "pw")).Done
            : (await copies[i / 2 % 2].AddAliasAsync("same@race.test", $"to{i}@elsewhere.test")).Done));
        var accounts = await copies[0].ListAccountsAsync("race.test");
        var aliases = await copies[0].ListAliasesAsync("race.test");
        Assert.Equal(taken.Count(done => done), accounts.Count + aliases.Count);
        Assert.True(accounts.Count == 0 || aliases.Count == 0);
    }
}
