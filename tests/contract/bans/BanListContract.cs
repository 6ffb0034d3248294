using System.Net;
using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Bans;

/// <summary>Failed logins are counted and bans kept by all copies together; two copies on one database.</summary>
public abstract class BanListContract : IAsyncLifetime
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.25");
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.0.2.26");

    /// <summary>Longer than a copy trusts what it read.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", null));
    private readonly BanOptions _options = new() { Failures = 3, AccountFailures = 6 };
    private MailDatabase[] _databases = [];
    private BanList _one = null!;
    private BanList _two = null!;

    protected abstract Task<MailDatabase> OpenDatabaseAsync();

    public virtual async Task InitializeAsync()
    {
        _databases = [await OpenDatabaseAsync(), await OpenDatabaseAsync()];
        _one = new BanList(_databases[0], _options, _clock, NullLogger<BanList>.Instance);
        _two = new BanList(_databases[1], _options, _clock, NullLogger<BanList>.Instance);
    }

    public virtual async Task DisposeAsync()
    {
        if (_databases.Length == 0)
            return;
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [MeshFact]
    public async Task Failures_at_several_copies_count_together_and_every_copy_refuses()
    {
        await _one.FailedAsync(Guesser, "a@example.org");
        await _two.FailedAsync(Guesser, "b@example.org");
        Assert.False(await _one.IsBannedAsync(Guesser));
        Assert.False(await _two.IsBannedAsync(Guesser));
        await _one.FailedAsync(Guesser, "c@example.org");
        Assert.True(await _one.IsBannedAsync(Guesser)); // the copy that imposed it knows at once
        _clock.Advance(Later);
        Assert.True(await _two.IsBannedAsync(Guesser));
        Assert.False(await _two.IsBannedAsync(Neighbour));
        Assert.False(await _two.IsBannedAsync("a@example.org"));
    }

    [MeshFact]
    public async Task A_ban_ends_and_failures_are_forgotten_after_their_window()
    {
        await FailAsync(Guesser, "a@example.org", 3);
        Assert.True(await _one.IsBannedAsync(Guesser));
        _clock.Advance(_options.Time);
        Assert.False(await _one.IsBannedAsync(Guesser));
        await FailAsync(Neighbour, "a@example.org", 2);
        _clock.Advance(_options.Window + Later);
        await FailAsync(Neighbour, "a@example.org", 2);
        Assert.False(await _one.IsBannedAsync(Neighbour));
        await FailAsync(Neighbour, "a@example.org", 1);
        Assert.True(await _one.IsBannedAsync(Neighbour));
    }

    [MeshFact]
    public async Task An_account_that_many_networks_guess_at_is_banned_in_any_spelling()
    {
        for (var i = 1; i <= 6; i++)
            await _one.FailedAsync(IPAddress.Parse($"198.51.100.{i}"), "Target@Example.org");
        Assert.True(await _one.IsBannedAsync("target@example.org"));
        Assert.True(await _one.IsBannedAsync("TARGET@EXAMPLE.ORG"));
        Assert.False(await _one.IsBannedAsync("other@example.org"));
        Assert.False(await _one.IsBannedAsync(IPAddress.Parse("198.51.100.1")));
    }

    [MeshFact]
    public async Task The_addresses_of_an_IPv6_customer_are_one_network()
    {
        for (var i = 1; i <= 3; i++)
            await _one.FailedAsync(IPAddress.Parse($"2001:db8:1:2::{i}"), $"user{i}@example.org");
        Assert.True(await _one.IsBannedAsync(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.False(await _one.IsBannedAsync(IPAddress.Parse("2001:db8:1:3::1")));
        await FailAsync(IPAddress.Parse("::ffff:192.0.2.25"), "a@example.org", 3);
        Assert.True(await _one.IsBannedAsync(Guesser));
    }

    [MeshFact]
    public async Task Failures_that_come_together_are_all_counted()
    {
        var many = new BanOptions { Failures = 200, AccountFailures = 200 };
        await using var one = new BanList(_databases[0], many, _clock, NullLogger<BanList>.Instance);
        await using var two = new BanList(_databases[1], many, _clock, NullLogger<BanList>.Instance);
        await Task.WhenAll(Enumerable.Range(0, 199).Select(i => (i % 2 == 0 ? one : two).FailedAsync(Guesser, $"user{i % 5}@example.org")));
        Assert.False(await one.IsBannedAsync(Guesser));
        await two.FailedAsync(Guesser, "last@example.org");
        Assert.True(await two.IsBannedAsync(Guesser));
    }

    [MeshFact]
    public async Task Operators_list_add_and_remove()
    {
        await FailAsync(Guesser, "a@example.org", 3);
        await _two.AddAsync("203.0.113.0/24", null, "spammers");
        await _two.AddAsync("a@example.org", _clock.GetUtcNow().AddHours(1), "stolen");
        Assert.Equal(
            [
                new BanInfo("192.0.2.25", _clock.GetUtcNow() + _options.Time, "3 failed logins"),
                new BanInfo("203.0.113.0/24", null, "spammers"),
                new BanInfo("a@example.org", _clock.GetUtcNow().AddHours(1), "stolen"),
            ],
            await _one.ListAsync());
        Assert.Equal(["203.0.113.0/24"], (await _one.ListAsync("192.0.2.25", 1)).Select(ban => ban.Subject));
        Assert.True(await _two.IsBannedAsync(IPAddress.Parse("203.0.113.77")));
        Assert.True(await _two.IsBannedAsync("a@example.org"));
        Assert.True(await _two.RemoveAsync("203.0.113.0/24"));
        Assert.False(await _two.RemoveAsync("203.0.113.0/24"));
        Assert.False(await _two.IsBannedAsync(IPAddress.Parse("203.0.113.77")));
        Assert.True(await _two.RemoveAsync("192.0.2.25"));
        await FailAsync(Guesser, "b@example.org", 2); // what it failed before is forgotten
        Assert.False(await _one.IsBannedAsync(Guesser));
    }

    [MeshFact]
    public async Task A_login_is_refused_unread_while_its_network_is_banned_and_exempt_networks_never_are()
    {
        var administration = new AccountAdministration(_databases[0], _clock);
        await administration.AddDomainAsync("example.org");
        await administration.AddAccountAsync("a@example.org", "right");
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var exempt));
        var guard = new LoginGuard(_one, new AccountDirectory(_databases[0], _clock), new MailMeshOptions { ExemptNetworks = exempt });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new LoginOutcome(null, IsBanned: false), await guard.AuthenticateAsync(Guesser, "a@example.org", "wrong", default));
            await guard.AuthenticateAsync(IPAddress.Loopback, "a@example.org", "wrong", default);
        }
        Assert.Equal(new LoginOutcome(null, IsBanned: true), await guard.AuthenticateAsync(Guesser, "a@example.org", "right", default));
        Assert.True(await guard.RefusesAsync(Guesser));
        Assert.NotNull((await guard.AuthenticateAsync(Neighbour, "a@example.org", "right", default)).Account);
        Assert.NotNull((await guard.AuthenticateAsync(IPAddress.Loopback, "a@example.org", "right", default)).Account);
        Assert.False(await guard.RefusesAsync(IPAddress.Loopback));
    }

    /// <summary>Whatever the mechanism: a proof, a token, a certificate.</summary>
    [MeshFact]
    public async Task A_check_that_finds_nobody_counts_and_one_that_cannot_tell_does_not()
    {
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var exempt));
        var guard = new LoginGuard(_one, new AccountDirectory(_databases[0], _clock), new MailMeshOptions { ExemptNetworks = exempt });
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<IOException>(() => guard.CheckAsync(Guesser, "a@example.org", () => Task.FromException<AuthenticatedAccount?>(new IOException())));
        Assert.False(await guard.RefusesAsync(Guesser));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(new LoginOutcome(null, IsBanned: false), await guard.CheckAsync(Guesser, "", () => Task.FromResult<AuthenticatedAccount?>(null)));
            await guard.CheckAsync(IPAddress.Loopback, "", () => Task.FromResult<AuthenticatedAccount?>(null));
        }
        var looked = false;
        var outcome = await guard.CheckAsync(Guesser, "", () =>
        {
            looked = true;
            return Task.FromResult<AuthenticatedAccount?>(new AuthenticatedAccount(1, "a@example.org"));
        });
        Assert.Equal((true, false), (outcome.IsBanned, looked));
        Assert.False(await guard.RefusesAsync(IPAddress.Loopback));
    }

    private async Task FailAsync(IPAddress client, string user, int times)
    {
        for (var i = 0; i < times; i++)
            await _one.FailedAsync(client, user);
    }
}
