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
}
