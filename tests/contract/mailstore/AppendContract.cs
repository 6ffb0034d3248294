using System.Text;
using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Messages by a client's order: several at once (RFC 3502), and one in the place of another (RFC 8508).</summary>
public abstract class AppendContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _alice;
    private long _inbox;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Several_messages_get_uids_in_their_order()
    {
        await _home.AppendAsync(_inbox);
        var appended = await _home.Store.AppendAsync(_inbox, [await MessageAsync("one"), await MessageAsync("longer"), await MessageAsync("three")]);
        Assert.Equal([2, 3, 4], appended.Uids);
        var messages = (await _home.Store.OpenAsync(_alice, "INBOX")).Messages;
        Assert.Equal([3L, 6, 5], messages.Skip(1).Select(m => m.Size));
        Assert.Single(messages.Skip(1).Select(m => m.ModSeq).Distinct());
    }

    /// <summary>A sparse pack is copied and goes after a while: whoever remembers where a body was must look again.</summary>
    [ContractFact]
    public async Task A_body_that_moved_is_found()
    {
        await _home.AppendAsync(_inbox, "moved");
        var id = (await _home.Store.OpenAsync(_alice, "INBOX")).Messages[0].ContentId;
        var was = (await _home.Store.RememberedContentsAsync([id]))[0];
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE contents SET blob = 'gone'"));
        var store = _home.AnotherStore();
        var stale = (await store.RememberedContentsAsync([id]))[0];
        await Assert.ThrowsAsync<BlobException>(async () => await store.OpenMessageAsync(stale));
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE contents SET blob = @blob", ("@blob", was.Blob)));
        using var message = new StreamReader(await store.OpenMessageAsync(stale));
        Assert.Equal("Subject: moved\r\n\r\nmoved\r\n", await message.ReadToEndAsync());
        Assert.Equal(was.Blob, (await store.RememberedContentsAsync([id]))[0].Blob);
    }

    [ContractFact]
    public async Task None_is_there_where_the_quota_holds_not_all()
    {
        await LimitAsync(10);
        var refused = await Assert.ThrowsAsync<MailboxException>(async () => await _home.Store.AppendAsync(_inbox, [await MessageAsync("123456"), await MessageAsync("12345")]));
        Assert.Equal(MailboxRefusal.OverQuota, refused.Refusal);
        Assert.Equal(0, await _home.CountAsync("messages"));
        await _home.Store.AppendAsync(_inbox, [await MessageAsync("12345"), await MessageAsync("12345")]);
        Assert.Equal(2, await _home.CountAsync("messages"));
    }

    [ContractFact]
    public async Task A_replacement_needs_no_room_but_its_growth()
    {
        await LimitAsync(10);
        await _home.Store.AppendAsync(_inbox, await MessageAsync("1234567890"));
        var drafts = (await _home.Directory.FindAsync(_alice, "Drafts"))!.Id;
        Assert.Equal([1], (await _home.Store.ReplaceAsync(_inbox, 1, drafts, await MessageAsync("abcdefghij")))!.Uids);
        await Assert.ThrowsAsync<MailboxException>(async () => await _home.Store.ReplaceAsync(drafts, 1, drafts, await MessageAsync("abcdefghijk")));
        Assert.Equal([2], (await _home.Store.ReplaceAsync(drafts, 1, drafts, await MessageAsync("x")))!.Uids);
        Assert.Null(await _home.Store.ReplaceAsync(drafts, 1, drafts, await MessageAsync("y")));
        Assert.Empty((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        Assert.Equal([2], (await _home.Store.OpenAsync(_alice, "Drafts")).Messages.Select(m => m.Uid));
        Assert.Equal([1], (await _home.Store.ChangesSinceAsync(drafts, 1)).Vanished);
        Assert.Equal(1, (await _home.Directory.StatusAsync(_alice, "Drafts")).SizeBytes);
    }

    [ContractFact]
    public async Task Of_replacements_at_once_one_takes_the_place()
    {
        await _home.AppendAsync(_inbox);
        var copies = new[] { _home.Store, _home.AnotherStore() };
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => await copies[i % 2].ReplaceAsync(_inbox, 1, _inbox, await MessageAsync($"{i}"))));
        Assert.Single(results, result => result is not null);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
    }

    [ContractFact]
    public async Task A_preview_is_kept_when_the_message_comes_or_once_it_was_read()
    {
        await _home.Store.AppendAsync(_inbox, [await MessageAsync("\r\nearly \0words"), await MessageAsync($"X: {new string('x', 40_000)}\r\n\r\nlate")]);
        Assert.Equal("early words", (await _home.Store.FindContentAsync(_inbox, 1))!.Preview);
        var late = (await _home.Store.FindContentAsync(_inbox, 2))!;
        Assert.Null(late.Preview);
        Assert.Equal("late", await _home.Store.ReadPreviewAsync(late));
        Assert.Equal("late", (await _home.Store.FindContentAsync(_inbox, 2))!.Preview);
        Assert.Null(await _home.Store.FindContentAsync(_inbox, 3));
    }

    private Task LimitAsync(long octets) => _home.Database.WriteAsync(session =>
        session.ExecuteAsync("UPDATE accounts SET quota_bytes = @octets WHERE id = @id", ("@octets", octets), ("@id", _alice)));

    private async Task<NewMessage> MessageAsync(string text)
    {
        var body = Encoding.ASCII.GetBytes(text);
        return new NewMessage(await _home.PutAsync(body), body.Length, SystemFlags.None, null, null);
    }
}
