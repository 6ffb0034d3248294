using MailMesh.Contracts;
using MailMesh.Filtering;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class RecipientRoutingTests : IAsyncLifetime
{
    private readonly AccountsFixture _mail = new();

    public Task InitializeAsync() => _mail.InitializeAsync();

    public Task DisposeAsync() => _mail.DisposeAsync();

    [Fact]
    public async Task Paths_are_split_and_nobody_gets_a_message_twice()
    {
        await _mail.AliasAsync("team@example.com", "alice@example.com");
        await _mail.AliasAsync("team@example.com", "bob@example.net");
        await _mail.AliasAsync("team@example.com", "ghost@example.com");
        await _mail.AliasAsync("gone@example.com", "ghost@example.com");
        var routing = await RecipientRouting.ResolveAsync(
            _mail.Directory, ["team@example.com", "Alice+x@example.com", "BOB@example.net", "carol@example.net", "gone@example.com", "nobody@example.com"]);
        Assert.Equal([new LocalRecipient { AccountId = _mail.Alice.Id, Address = "alice@example.com", ForwardPath = "team@example.com" }], routing.Local);
        Assert.Equal(
            [
                new RemoteRecipient { Address = "bob@example.net", ForwardPath = "team@example.com" },
                new RemoteRecipient { Address = "carol@example.net", ForwardPath = "carol@example.net" },
            ],
            routing.Remote);
        Assert.Equal(["gone@example.com", "nobody@example.com"], routing.Unreachable);
    }

    [Fact]
    public async Task What_was_asked_for_a_path_holds_for_whom_it_leads_to()
    {
        await _mail.AliasAsync("one@example.com", "bob@example.net");
        var routing = await RecipientRouting.ResolveAsync(_mail.Directory, ["alice@example.com", "one@example.com", "carol@example.net"],
        [
            new RecipientRequest { ForwardPath = "alice@example.com", Notify = "SUCCESS" },
            new RecipientRequest { ForwardPath = "one@example.com", Notify = "SUCCESS,FAILURE", OriginalRecipient = "rfc822;first@example.org" },
        ]);
        Assert.Equal("SUCCESS", Assert.Single(routing.Local).Notify);
        Assert.Equal([("SUCCESS,FAILURE", "rfc822;first@example.org"), (null, null)], routing.Remote.Select(r => (r.Notify, r.OriginalRecipient)));
        Assert.Empty(routing.Expanded);
    }

    [Theory]
    [InlineData("SUCCESS", "NEVER", true)]
    [InlineData("SUCCESS,FAILURE", "FAILURE", true)]
    [InlineData("FAILURE", "FAILURE", false)]
    [InlineData("NEVER", "NEVER", false)]
    [InlineData(null, null, false)]
    public async Task An_alias_for_several_answers_for_success_itself(string? asked, string? behind, bool expanded)
    {
        await _mail.AliasAsync("both@example.com", "alice@example.com");
        await _mail.AliasAsync("both@example.com", "bob@example.net");
        var request = new RecipientRequest { ForwardPath = "both@example.com", Notify = asked };
        var routing = await RecipientRouting.ResolveAsync(_mail.Directory, ["both@example.com"], [request]);
        Assert.Equal((behind, behind), (Assert.Single(routing.Local).Notify, Assert.Single(routing.Remote).Notify));
        Assert.Equal(expanded ? [request] : [], routing.Expanded);
    }
}
