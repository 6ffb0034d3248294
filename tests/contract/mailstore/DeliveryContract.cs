using System.Text;
using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Mime;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Delivery: each message once to each recipient, in one transaction, with UIDs that never repeat.</summary>
public abstract class DeliveryContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _alice;
    private long _bob;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
        _bob = await _home.AddAccountAsync("bob");
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Message_reaches_the_inbox_with_prefix_and_body()
    {
        var message = await _home.MessageAsync("first", _alice);
        var outcome = Assert.Single(Assert.Single(await _home.Store.DeliverAsync([message])).Recipients);
        Assert.Equal(("INBOX", 1, false), (outcome.Mailbox, outcome.Uid, outcome.Duplicate));

        var inbox = await _home.Store.OpenAsync(_alice, "inbox");
        var listed = Assert.Single(inbox.Messages);
        Assert.Equal(message.ReceivedAt, listed.InternalDate);
        var content = Assert.Single(await _home.Store.ContentsAsync([listed.ContentId]));
        Assert.Equal("first", MessageIndex.DecodeEnvelope(content.Envelope).Subject);
        Assert.Equal(message.MessageId, content.MessageId);
        var text = await ReadAsync(content, 0);
        Assert.Equal("Return-Path: <a@elsewhere.test>\r\nFrom: a@example.test\r\nSubject: first\r\n\r\nfirst\r\n", text);
        Assert.Equal(listed.Size, text.Length);
    }

    [ContractTheory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(33)]
    [InlineData(34)]
    [InlineData(60)]
    [InlineData(10_000)]
    public async Task Message_is_read_from_any_offset(int offset)
    {
        await _home.Store.DeliverAsync([await _home.MessageAsync("first", _alice)]);
        var listed = Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        var content = Assert.Single(await _home.Store.ContentsAsync([listed.ContentId]));
        var whole = await ReadAsync(content, 0);
        Assert.Equal(whole[Math.Min(offset, whole.Length)..], await ReadAsync(content, offset));
    }

    [ContractFact]
    public async Task Redelivery_does_nothing()
    {
        var message = await _home.MessageAsync("once", _alice, _bob);
        await _home.Store.DeliverAsync([message]);
        _home.Bus.Forget();
        var again = Assert.Single(await _home.Store.DeliverAsync([message]));
        Assert.All(again.Recipients, r => Assert.True(r.Duplicate));
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        Assert.Single((await _home.Store.OpenAsync(_bob, "INBOX")).Messages);
        Assert.Equal(1, await _home.CountAsync("contents"));
        Assert.Empty(_home.Bus.Published<MailboxChanged>());
    }

    [ContractFact]
    public async Task Redelivery_serves_the_recipients_that_are_new()
    {
        var message = await _home.MessageAsync("split", _alice, _bob);
        await _home.Store.DeliverAsync([message with { Recipients = [message.Recipients[0]] }]);
        var outcome = Assert.Single(await _home.Store.DeliverAsync([message]));
        Assert.Equal([true, false], outcome.Recipients.Select(r => r.Duplicate));
        Assert.Single((await _home.Store.OpenAsync(_bob, "INBOX")).Messages);
    }

    [ContractFact]
    public async Task Same_message_twice_in_a_batch_is_delivered_once()
    {
        var message = await _home.MessageAsync("twin", _alice);
        var outcomes = await _home.Store.DeliverAsync([message, message]);
        Assert.Equal([false, true], outcomes.Select(o => o.Recipients[0].Duplicate));
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
    }

    [ContractFact]
    public async Task Recipients_share_one_content()
    {
        await _home.Store.DeliverAsync([await _home.MessageAsync("shared", _alice, _bob)]);
        Assert.Equal(1, await _home.CountAsync("contents"));
        Assert.Equal(2, await _home.CountAsync("messages"));
    }

    [ContractFact]
    public async Task Batch_takes_one_modseq_a_mailbox_and_sends_one_event()
    {
        await _home.Store.OpenAsync(_alice, "INBOX");
        var batch = new List<DeliverMessage>();
        for (var i = 0; i < 20; i++)
            batch.Add(await _home.MessageAsync($"n{i}", _alice));
        _home.Bus.Forget();
        var outcomes = await _home.Store.DeliverAsync(batch);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), outcomes.Select(o => o.Recipients[0].Uid));
        var inbox = await _home.Store.OpenAsync(_alice, "INBOX");
        Assert.Single(inbox.Messages.Select(m => m.ModSeq).Distinct());
        Assert.Equal(inbox.Mailbox.HighestModSeq, Assert.Single(_home.Bus.Published<MailboxChanged>()).ModSeq);
    }

    [ContractFact]
    public async Task Junk_goes_to_the_mailbox_that_has_the_special_use()
    {
        await _home.Directory.RenameAsync(_alice, "Junk", "Spam");
        var message = await _home.MessageAsync("junk", _alice);
        var outcome = Assert.Single(await _home.Store.DeliverAsync([message with { Junk = true }]));
        Assert.Equal("Spam", outcome.Recipients[0].Mailbox);
    }

    [ContractFact]
    public async Task Junk_mailbox_is_made_again_when_it_was_deleted()
    {
        await _home.Directory.DeleteAsync(_alice, "Junk");
        var message = await _home.MessageAsync("junk", _alice);
        var outcome = Assert.Single(await _home.Store.DeliverAsync([message with { Junk = true }]));
        Assert.Equal("Junk", outcome.Recipients[0].Mailbox);
        Assert.Equal(@"\Junk", (await _home.Directory.FindAsync(_alice, "Junk"))?.SpecialUse);
    }

    [ContractFact]
    public async Task Removed_account_is_told_apart_and_stays_undone()
    {
        await _home.RemoveAccountAsync(_bob);
        var message = await _home.MessageAsync("late", _alice, _bob);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var outcome = Assert.Single(await _home.Store.DeliverAsync([message]));
            Assert.Equal("INBOX", attempt == 0 ? outcome.Recipients[0].Mailbox : "INBOX");
            Assert.Equal((null, false), (outcome.Recipients[1].Mailbox, outcome.Recipients[1].Duplicate));
        }
        Assert.Equal(1, await _home.CountAsync("deliveries"));
    }

    [ContractFact]
    public async Task Concurrent_batches_never_repeat_a_uid()
    {
        var uids = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            var outcome = await _home.Store.DeliverAsync([await _home.MessageAsync($"c{i}", _alice)]);
            return outcome[0].Recipients[0].Uid;
        })));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), uids.Order());
    }

    [ContractFact]
    public async Task Missing_body_fails_its_message_and_leaves_nothing()
    {
        var message = await _home.MessageAsync("lost", _alice);
        await _home.Blobs.DeleteAsync(_home.Blobs.PackOf(message.Body));
        await Assert.ThrowsAnyAsync<IOException>(() => _home.Store.DeliverAsync([message]));
        Assert.Equal(0, await _home.CountAsync("deliveries"));
    }

    [ContractTheory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("no header at all")]
    [InlineData("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n--x")]
    public async Task Any_octets_are_delivered(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var message = await _home.MessageAsync("odd", _alice) with { Body = await _home.PutAsync(body), SizeBytes = body.Length };
        await _home.Store.DeliverAsync([message]);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
    }

    private async Task<string> ReadAsync(MessageContent content, long offset)
    {
        await using var stream = await _home.Store.OpenMessageAsync(content, offset);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
