using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>Two access copies on one database, and a bus that loses every event: MODSEQ is the safety net.</summary>
public sealed class LostEventTests : IAsyncLifetime
{
    private readonly InProcessBus _lost = new(); // nobody subscribes
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("lost-events"));
    private TestDatabase? _test;
    private MailDatabase _database = null!;
    private MailboxDirectory _directory = null!;
    private MailboxStore _store = null!;
    private MailboxSnapshots _snapshots = null!;
    private MailboxStore _otherStore = null!;
    private MailboxSnapshots _otherSnapshots = null!;
    private long _account;

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        _test = await TestDatabase.CreateAsync();
        _database = MailDatabase.OnPostgres(_test.ConnectionString);
        await _database.MigrateAsync();
        _directory = new MailboxDirectory(_database, _lost, TimeProvider.System);
        (_store, _otherStore) = (new(_database, _blobs, _lost, TimeProvider.System), new(_database, _blobs, _lost, TimeProvider.System));
        (_snapshots, _otherSnapshots) = (new(_store), new(_otherStore));
        var accounts = new Accounts.AccountAdministration(_database, TimeProvider.System);
        await accounts.AddDomainAsync("mesh.test");
        await accounts.AddAccountAsync("ann@mesh.test", MailServer.Password);
        _account = (await new Accounts.AccountDirectory(_database, TimeProvider.System).AuthenticateAsync("ann@mesh.test", MailServer.Password))!.Id;
        await _directory.CreateAsync(_account, "Work");
    }

    public async Task DisposeAsync()
    {
        if (_test is null)
            return;
        await _database.DisposeAsync();
        await _blobs.DisposeAsync();
        await _test.DisposeAsync();
    }

    [MeshFact]
    public async Task Catching_up_moves_every_snapshot_that_lags_and_wakes_who_idles()
    {
        await using var here = await _snapshots.OpenAsync(_account, "Work");
        var idle = here.WaitForChangeAsync(here.Current);
        await AppendAsync("Work");
        Assert.Equal(0, here.Current.Count);
        Assert.False(idle.IsCompleted);

        await _snapshots.CatchUpAsync();

        Assert.Equal(1, (await idle.WaitAsync(TimeSpan.FromSeconds(30))).Count);
    }

    [MeshFact]
    public async Task A_refresh_as_of_noop_sees_at_once_what_another_copy_did()
    {
        await using var here = await _snapshots.OpenAsync(_account, "Work");
        await using var there = await _otherSnapshots.OpenAsync(_account, "Work");
        await AppendAsync("Work");
        Assert.Equal(1, (await here.RefreshAsync()).Count);
        Assert.Equal(1, (await there.RefreshAsync()).Count);
    }

    /// <summary>RFC 3501 §2.3.2: a message is \Recent to the first session alone, whichever copy has it.</summary>
    [MeshFact]
    public async Task What_was_recent_on_one_copy_is_not_so_on_the_other()
    {
        await AppendAsync("Work");
        await using (var here = await _snapshots.OpenAsync(_account, "Work"))
            Assert.Equal(1, here.RecentFrom);
        await using var there = await _otherSnapshots.OpenAsync(_account, "Work");
        Assert.Equal(2, there.RecentFrom);
    }

    [MeshFact]
    public async Task A_mailbox_that_another_copy_deleted_is_found_gone()
    {
        await using var here = await _snapshots.OpenAsync(_account, "Work");
        var idle = here.WaitForChangeAsync(here.Current);
        await _directory.DeleteAsync(_account, "Work");

        await _snapshots.CatchUpAsync();

        await idle.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(here.IsDeleted);
    }

    private async Task AppendAsync(string mailbox)
    {
        await using var blob = _blobs.Create();
        await blob.WriteAsync("Subject: hi\r\n\r\nx\r\n"u8.ToArray());
        var target = await _directory.FindAsync(_account, mailbox);
        await _otherStore.AppendAsync(target!.Id, new NewMessage(await blob.CompleteAsync(), blob.Length, SystemFlags.None, null, null));
    }
}
