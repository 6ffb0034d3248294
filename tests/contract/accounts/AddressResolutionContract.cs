using MailMesh.Accounts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public abstract class AddressResolutionContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly AccountsFixture _mail = new(engine);

    public Task InitializeAsync() => _mail.InitializeAsync();

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractTheory]
    [InlineData("alice@example.com")]
    [InlineData("ALICE@Example.COM")]
    [InlineData("alice+lists@example.com")]
    [InlineData("\"alice\"@example.com")]
    [InlineData("postmaster@example.com")]
    [InlineData("Postmaster")]
    [InlineData("postmaster@mail.example.com")] // the server's own name
    public async Task An_account(string address) =>
        Assert.Equal(new AddressResolution.LocalAccount(_mail.Alice.Id, "alice@example.com"), await _mail.Directory.ResolveAsync(address));

    [ContractTheory]
    [InlineData("bob@example.com")]
    [InlineData("bob")]
    [InlineData("bad address@example.com")]
    public async Task Nobody(string address) => Assert.Equal(new AddressResolution.Unknown(address), await _mail.Directory.ResolveAsync(address));

    [ContractTheory]
    [InlineData("Bob@Example.net")]
    [InlineData("alice@sub.example.com")]
    [InlineData("alice@mail.example.com")]
    [InlineData("odd..but theirs@example.net")]
    [InlineData("user@[192.0.2.1]")]
    public async Task Somebody_elsewhere_keeps_its_spelling(string address) =>
        Assert.Equal(new AddressResolution.Remote(address), await _mail.Directory.ResolveAsync(address));

    [ContractTheory]
    [InlineData(1000L, null, true)]
    [InlineData(null, 10L, true)]
    [InlineData(0L, 0L, false)]
    public async Task An_account_with_a_quota_says_so(long? octets, long? messages, bool hasQuota)
    {
        await _mail.Administration.SetQuotaAsync("alice@example.com", octets, messages);
        foreach (var address in new[] { "alice@example.com", "alice+lists@example.com", "postmaster@example.com" })
            Assert.Equal(hasQuota, Assert.IsType<AddressResolution.LocalAccount>(await _mail.Directory.ResolveAsync(address)).HasQuota);
    }

    [ContractFact]
    public async Task A_detail_of_its_own_wins_over_the_plain_address()
    {
        await _mail.AliasAsync("alice+work@example.com", "carol@example.net");
        var alias = Assert.IsType<AddressResolution.AliasTo>(await _mail.Directory.ResolveAsync("alice+work@example.com"));
        Assert.Equal(["carol@example.net"], alias.Targets);
    }

    [ContractFact]
    public async Task Postmaster_is_whom_the_operator_names_before_the_oldest_account()
    {
        await _mail.AddAsync("zoe@example.com");
        await _mail.AliasAsync("postmaster@example.com", "zoe@example.com");
        Assert.IsType<AddressResolution.AliasTo>(await _mail.Directory.ResolveAsync("postmaster@example.com"));
    }

    [ContractFact]
    public async Task Postmaster_of_a_domain_without_accounts_is_unknown()
    {
        await _mail.Administration.AddDomainAsync("empty.example");
        Assert.IsType<AddressResolution.Unknown>(await _mail.Directory.ResolveAsync("postmaster@empty.example"));
        await _mail.AliasAsync("@empty.example", "alice@example.com");
        Assert.IsType<AddressResolution.AliasTo>(await _mail.Directory.ResolveAsync("postmaster@empty.example"));
    }

    [ContractFact]
    public async Task A_catch_all_takes_what_is_nothing_else()
    {
        await _mail.AliasAsync("@example.com", "alice@example.com");
        Assert.IsType<AddressResolution.AliasTo>(await _mail.Directory.ResolveAsync("whoever@example.com"));
        Assert.IsType<AddressResolution.LocalAccount>(await _mail.Directory.ResolveAsync("alice@example.com"));
        Assert.IsType<AddressResolution.LocalAccount>(await _mail.Directory.ResolveAsync("postmaster@example.com"));
    }

    [ContractFact]
    public async Task A_disabled_account_is_unknown_even_beside_a_catch_all()
    {
        await _mail.AddAsync("bob@example.com");
        await _mail.AliasAsync("@example.com", "alice@example.com");
        await _mail.Administration.SetEnabledAsync("bob@example.com", false);
        Assert.IsType<AddressResolution.Unknown>(await _mail.Directory.ResolveAsync("bob@example.com"));
    }

    [ContractFact]
    public async Task An_internationalised_domain_is_found_in_both_forms()
    {
        await _mail.Administration.AddDomainAsync("xn--wgv71a119e.jp");
        var account = await _mail.AddAsync("花子@日本語.jp");
        Assert.Equal(new AddressResolution.LocalAccount(account.Id, "花子@日本語.jp"), await _mail.Directory.ResolveAsync("花子@xn--wgv71a119e.jp"));
    }

    [ContractFact]
    public async Task Aliases_are_followed_to_their_ends_once_each()
    {
        var bob = await _mail.AddAsync("bob@example.com");
        await _mail.AliasAsync("team@example.com", "alice@example.com");
        await _mail.AliasAsync("team@example.com", "inner@example.com");
        await _mail.AliasAsync("team@example.com", "Ext@Example.net");
        await _mail.AliasAsync("inner@example.com", "bob@example.com");
        await _mail.AliasAsync("inner@example.com", "alice+x@example.com");
        await _mail.AliasAsync("inner@example.com", "ghost@example.com");
        Assert.Equal(
            [
                new AddressResolution.LocalAccount(_mail.Alice.Id, "alice@example.com"),
                new AddressResolution.Remote("Ext@Example.net"),
                new AddressResolution.LocalAccount(bob.Id, "bob@example.com"),
                new AddressResolution.Unknown("ghost@example.com"),
            ],
            await _mail.Directory.ExpandAsync("team@example.com"));
        Assert.Equal(2, (await _mail.Directory.ExpandAsync("team@example.com", enough: 2)).Count);
        await _mail.AliasAsync("lost@example.com", "ghost@example.com");
        await _mail.AliasAsync("lost@example.com", "team@example.com");
        Assert.Equal(
            [new AddressResolution.Unknown("ghost@example.com"), new AddressResolution.LocalAccount(_mail.Alice.Id, "alice@example.com")],
            await _mail.Directory.ExpandAsync("lost@example.com", enough: 1)); // nobody is not enough
    }

    [ContractFact]
    public async Task A_loop_of_aliases_ends_at_what_it_has()
    {
        await _mail.AliasAsync("a@example.com", "b@example.com");
        await _mail.AliasAsync("b@example.com", "a@example.com");
        Assert.Empty(await _mail.Directory.ExpandAsync("a@example.com"));
        await _mail.AliasAsync("b@example.com", "alice@example.com");
        Assert.Single(await _mail.Directory.ExpandAsync("a@example.com"));
    }

    [ContractFact]
    public async Task A_chain_past_fifty_levels_ends()
    {
        for (var i = 0; i < 60; i++)
            await _mail.AliasAsync($"a{i}@example.com", $"a{i + 1}@example.com");
        await _mail.AliasAsync("a60@example.com", "alice@example.com");
        Assert.Empty(await _mail.Directory.ExpandAsync("a0@example.com"));
        Assert.Single(await _mail.Directory.ExpandAsync("a20@example.com"));
    }

    [ContractFact]
    public async Task An_account_sends_as_itself_and_as_what_leads_to_it()
    {
        var bob = await _mail.AddAsync("bob@example.com");
        await _mail.AliasAsync("sales@example.com", "alice@example.com");
        foreach (var address in (string[])["Alice@example.com", "alice+x@example.com", "sales@example.com"])
            Assert.True(await _mail.Directory.MaySendAsAsync(_mail.Alice.Id, address), address);
        foreach (var address in (string[])["sales@example.com", "alice@example.com", "bob@example.net", "nobody@example.com", ""])
            Assert.False(await _mail.Directory.MaySendAsAsync(bob.Id, address), address);
    }
}
