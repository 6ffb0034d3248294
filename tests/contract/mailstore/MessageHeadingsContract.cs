using System.Text;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>References are kept at indexing, and looked up once for messages of before that.</summary>
public abstract class MessageHeadingsContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _inbox;
    private long _account;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _account = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Store.OpenAsync(_account, "INBOX")).Mailbox.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Indexing_keeps_what_a_message_refers_to()
    {
        await AppendAsync("Subject: a\r\nReferences: <a@b> <c@d>\r\n\r\n");
        await AppendAsync("Subject: b\r\nIn-Reply-To: <e@f>\r\n\r\n");
        await _home.Store.DeliverAsync([await _home.MessageAsync("c", _account)]);
        Assert.Equal(["a@b c@d", "e@f", ""], await ReferencesAsync(withReferences: false));
    }

    [ContractFact]
    public async Task What_nobody_looked_up_yet_is_looked_up_and_kept()
    {
        await AppendAsync("Subject: a\r\nReferences: <a@b>\r\n\r\n");
        await AppendAsync("Subject: b\r\n\r\n");
        await AppendAsync("Subject: c\r\nIn-Reply-To: <e@f>\r\n\r\n");
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE contents SET refers_to = NULL"));
        Assert.Equal([null, null, null], await ReferencesAsync(withReferences: false));
        Assert.Equal(["a@b", "", "e@f"], await ReferencesAsync(withReferences: true));
        Assert.Equal(["a@b", "", "e@f"], await ReferencesAsync(withReferences: false));
    }

    [ContractFact]
    public async Task A_message_that_cannot_be_read_has_none_for_now()
    {
        await AppendAsync("Subject: a\r\nReferences: <a@b>\r\n\r\n");
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE contents SET refers_to = NULL, blob = 'no such blob'"));
        Assert.Equal([""], await ReferencesAsync(withReferences: true));
        Assert.Equal([null], await ReferencesAsync(withReferences: false));
    }

    [ContractFact]
    public async Task Contents_that_went_are_absent()
    {
        await AppendAsync("Subject: a\r\n\r\n");
        var id = (await _home.Store.OpenAsync(_account, "INBOX")).Messages[0].ContentId;
        var headings = await _home.Store.HeadingsAsync([id, id + 1, id + 2], withReferences: true);
        Assert.Equal([id], headings.Select(heading => heading.ContentId));
    }

    private async Task<List<string?>> ReferencesAsync(bool withReferences)
    {
        var messages = (await _home.Store.OpenAsync(_account, "INBOX")).Messages;
        var headings = await _home.Store.HeadingsAsync([.. messages.Select(m => m.ContentId)], withReferences);
        return [.. messages.Select(m => headings.Single(h => h.ContentId == m.ContentId).RefersTo)];
    }

    private async Task AppendAsync(string message)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        await _home.Store.AppendAsync(_inbox, new NewMessage(await _home.PutAsync(octets), octets.Length, SystemFlags.None, null, null));
    }
}
