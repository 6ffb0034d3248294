using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Storage;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Storage;

/// <summary>Two messages of one session get their UIDs in its order, though the first is long in the reading.</summary>
public sealed class DeliveryGroupsTests : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private SlowBlobStore _blobs = null!;
    private DeliveryGroups _groups = null!;
    private long _alice;
    private long _bob;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync();
        _alice = await _home.AddAccountAsync("alice");
        _bob = await _home.AddAccountAsync("bob");
        _blobs = new SlowBlobStore(_home.Blobs);
        _groups = new DeliveryGroups(new MailboxStore(_home.Database, _blobs, _home.Bus, TimeProvider.System));
    }

    public async Task DisposeAsync()
    {
        await _groups.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Fact]
    public async Task What_came_first_for_an_account_gets_the_lower_uid_there()
    {
        var large = await _home.MessageAsync("large", _alice);
        var release = _blobs.Hold(large.Body);
        var first = _groups.DeliverAsync(large);
        var second = _groups.DeliverAsync(await _home.MessageAsync("second", _alice));
        var third = _groups.DeliverAsync(await _home.MessageAsync("third", _bob, _alice));
        var elsewhere = await Wait.AtMostAsync("a message for another account", _groups.DeliverAsync(await _home.MessageAsync("other", await _home.AddAccountAsync("carol"))));
        Assert.Equal("INBOX", elsewhere.Recipients[0].Mailbox);
        Assert.False(second.IsCompleted || third.IsCompleted);

        release.SetResult();
        var outcomes = await Task.WhenAll(first, second, third);
        Assert.Equal([1, 2, 3], outcomes.Select(outcome => outcome.Recipients[^1].Uid));
    }

    [Fact]
    public async Task A_message_that_fails_holds_up_nobody()
    {
        var damaged = await _home.MessageAsync("damaged", _alice);
        var release = _blobs.Hold(damaged.Body);
        var first = _groups.DeliverAsync(damaged);
        var second = _groups.DeliverAsync(await _home.MessageAsync("second", _alice));
        release.SetException(new BlobException("damaged"));
        await Assert.ThrowsAsync<BlobException>(() => first);
        Assert.Equal(1, (await second).Recipients[0].Uid);
    }

    [Fact]
    public async Task Nothing_is_kept_of_turns_that_have_passed()
    {
        var order = new DeliveryOrder();
        var first = order.Enter([1, 2, 2]);
        var second = order.Enter([2, 3]);
        first.Dispose();
        await second.WaitAsync();
        Assert.Equal(2, order.Count);
        second.Dispose();
        Assert.Equal(0, order.Count);
    }

    private sealed class SlowBlobStore(IBlobStore blobs) : IBlobStore
    {
        private readonly Dictionary<string, Task> _held = [];

        public TaskCompletionSource Hold(string reference)
        {
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held[reference] = release.Task;
            return release;
        }

        public BlobWriter Create() => blobs.Create();

        public async ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default)
        {
            if (_held.TryGetValue(reference, out var held))
                await held;
            return await blobs.OpenAsync(reference, cancellationToken);
        }

        public ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default) =>
            blobs.OpenAsync(reference, offset, cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken = default) => blobs.CheckAsync(cancellationToken);
    }
}
