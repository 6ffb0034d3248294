using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Mailbox names: RFC 3501 §5.1 and §6.3.3 to §6.3.9.</summary>
public abstract class MailboxDirectoryContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _alice;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Account_starts_with_the_special_mailboxes_subscribed()
    {
        var mailboxes = await _home.Directory.ListAsync(_alice);
        Assert.Equal(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], mailboxes.Select(m => m.Name));
        Assert.Equal([null, @"\Archive", @"\Drafts", @"\Junk", @"\Sent", @"\Trash"], mailboxes.Select(m => m.SpecialUse));
        Assert.Equal(mailboxes.Count, mailboxes.Select(m => m.UidValidity).Distinct().Count());
        Assert.Equal(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"], await _home.Directory.SubscriptionsAsync(_alice));
    }

    [ContractFact]
    public async Task Deleted_special_mailbox_stays_deleted()
    {
        await _home.Directory.DeleteAsync(_alice, "Trash");
        Assert.DoesNotContain(await _home.Directory.ListAsync(_alice), m => m.Name == "Trash");
    }

    [ContractTheory]
    [InlineData("Work", new[] { "Work" })]
    [InlineData("Work/", new[] { "Work" })]
    [InlineData("a/b/c", new[] { "a", "a/b", "a/b/c" })]
    [InlineData("inbox/sub", new[] { "INBOX/sub" })]
    [InlineData("仕事/予定", new[] { "仕事", "仕事/予定" })]
    [InlineData("Cafe\u0301/re\u0301sume\u0301", new[] { "Caf\u00e9", "Caf\u00e9/r\u00e9sum\u00e9" })]
    [InlineData("\u1100\u1161", new[] { "\uac00" })]
    public async Task Create_makes_the_name_and_its_superiors(string name, string[] expected)
    {
        var before = (await _home.Directory.ListAsync(_alice)).Select(m => m.Name).ToHashSet();
        Assert.Equal(expected[^1], (await _home.Directory.CreateAsync(_alice, name)).Name);
        Assert.Equal(expected, (await _home.Directory.ListAsync(_alice)).Select(m => m.Name).Where(n => !before.Contains(n)));
    }

    /// <summary>RFC 9051 §5.1: what CREATE took, every command takes.</summary>
    [ContractFact]
    public async Task A_name_is_the_same_however_its_letters_are_composed()
    {
        const string Composed = "Caf\u00e9";
        const string Decomposed = "Cafe\u0301";
        var created = await _home.Directory.CreateAsync(_alice, Decomposed);
        Assert.Equal(created.Id, (await _home.Directory.FindAsync(_alice, Decomposed))?.Id);
        Assert.Equal(created.Id, (await _home.Directory.FindAsync(_alice, Composed))?.Id);
        await RefusedAsync(MailboxRefusal.AlreadyExists, () => _home.Directory.CreateAsync(_alice, Composed));
        await RefusedAsync(MailboxRefusal.AlreadyExists, () => _home.Directory.RenameAsync(_alice, "Sent", Decomposed));
        await RefusedAsync(MailboxRefusal.Cannot, () => _home.Directory.RenameAsync(_alice, Decomposed, Composed + "/below"));
        await _home.Directory.SubscribeAsync(_alice, Decomposed);
        Assert.Contains(Composed, await _home.Directory.SubscriptionsAsync(_alice));
        await _home.Directory.UnsubscribeAsync(_alice, Decomposed);
        Assert.DoesNotContain(Composed, await _home.Directory.SubscriptionsAsync(_alice));
        await _home.Directory.CreateAsync(_alice, Composed + "/below");
        await _home.Directory.RenameAsync(_alice, Decomposed, "e\u0301te\u0301");
        Assert.Equal(created.Id, (await _home.Directory.FindAsync(_alice, "\u00e9t\u00e9"))?.Id);
        Assert.NotNull(await _home.Directory.FindAsync(_alice, "\u00e9t\u00e9/below"));
        await _home.Directory.DeleteAsync(_alice, "e\u0301te\u0301/below");
        await _home.Directory.DeleteAsync(_alice, "e\u0301te\u0301");
        Assert.Null(await _home.Directory.FindAsync(_alice, "\u00e9t\u00e9"));
    }

    [ContractTheory]
    [InlineData("", MailboxRefusal.Cannot)]
    [InlineData("/", MailboxRefusal.Cannot)]
    [InlineData("/a", MailboxRefusal.Cannot)]
    [InlineData("a//b", MailboxRefusal.Cannot)]
    [InlineData("a%", MailboxRefusal.Cannot)]
    [InlineData("a*b", MailboxRefusal.Cannot)]
    [InlineData("a\u0001", MailboxRefusal.Cannot)]
    [InlineData("InBoX", MailboxRefusal.AlreadyExists)]
    [InlineData("Sent", MailboxRefusal.AlreadyExists)]
    [InlineData("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21", MailboxRefusal.Limit)]
    public async Task Create_refuses(string name, MailboxRefusal refusal) =>
        Assert.Equal(refusal, (await Assert.ThrowsAsync<MailboxException>(() => _home.Directory.CreateAsync(_alice, name))).Refusal);

    [ContractFact]
    public Task Create_refuses_half_a_character() => RefusedAsync(MailboxRefusal.Cannot, () => _home.Directory.CreateAsync(_alice, "a\ud800"));

    [ContractFact]
    public async Task Create_refuses_a_long_name() =>
        Assert.Equal(MailboxRefusal.Limit, (await Assert.ThrowsAsync<MailboxException>(() => _home.Directory.CreateAsync(_alice, new string('x', 1001)))).Refusal);

    [ContractFact]
    public async Task Name_made_again_has_another_uidvalidity()
    {
        var first = await _home.Directory.CreateAsync(_alice, "Work");
        await _home.Directory.DeleteAsync(_alice, "Work");
        var second = await _home.Directory.CreateAsync(_alice, "Work");
        Assert.True(second.UidValidity > first.UidValidity);
    }

    [ContractFact]
    public async Task Delete_keeps_a_name_with_inferiors_as_noselect()
    {
        var parent = await _home.Directory.CreateAsync(_alice, "a");
        await _home.Directory.CreateAsync(_alice, "a/b");
        await _home.AppendAsync(parent.Id);
        await _home.Directory.DeleteAsync(_alice, "a");
        Assert.True((await _home.Directory.FindAsync(_alice, "a"))?.NoSelect);
        await RefusedAsync(MailboxRefusal.NonExistent, () => _home.Store.OpenAsync(_alice, "a"));
        await RefusedAsync(MailboxRefusal.NonExistent, () => _home.Directory.StatusAsync(_alice, "a"));
        await RefusedAsync(MailboxRefusal.NonExistent, () => _home.AppendAsync(parent.Id));
        await RefusedAsync(MailboxRefusal.HasChildren, () => _home.Directory.DeleteAsync(_alice, "a"));

        var again = await _home.Directory.CreateAsync(_alice, "a");
        Assert.True(again.UidValidity > parent.UidValidity);
        Assert.Empty((await _home.Store.OpenAsync(_alice, "a")).Messages);

        await _home.Directory.DeleteAsync(_alice, "a/b");
        await _home.Directory.DeleteAsync(_alice, "a");
        Assert.Null(await _home.Directory.FindAsync(_alice, "a"));
    }

    [ContractTheory]
    [InlineData("INBOX", MailboxRefusal.Cannot)]
    [InlineData("inbox", MailboxRefusal.Cannot)]
    [InlineData("nowhere", MailboxRefusal.NonExistent)]
    public Task Delete_refuses(string name, MailboxRefusal refusal) => RefusedAsync(refusal, () => _home.Directory.DeleteAsync(_alice, name));

    [ContractFact]
    public async Task Rename_moves_inferiors_along_and_keeps_the_messages()
    {
        await _home.Directory.CreateAsync(_alice, "a/b");
        await _home.Directory.CreateAsync(_alice, "ab");
        var parent = await _home.Directory.FindAsync(_alice, "a");
        await _home.AppendAsync(parent!.Id);
        await _home.Directory.RenameAsync(_alice, "a", "x/y");
        var names = (await _home.Directory.ListAsync(_alice)).Select(m => m.Name).ToList();
        Assert.Contains("x", names);
        Assert.Contains("x/y", names);
        Assert.Contains("x/y/b", names);
        Assert.Contains("ab", names);
        Assert.DoesNotContain("a", names);
        Assert.Single((await _home.Store.OpenAsync(_alice, "x/y")).Messages);
    }

    [ContractFact]
    public async Task Rename_of_INBOX_moves_its_messages_and_keeps_it()
    {
        var inbox = await _home.Directory.FindAsync(_alice, "INBOX");
        await _home.Directory.CreateAsync(_alice, "INBOX/sub");
        await _home.AppendAsync(inbox!.Id, "one");
        await _home.AppendAsync(inbox.Id, "two");
        await using var selected = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        await _home.Directory.RenameAsync(_alice, "inbox", "old");
        Assert.Equal(2, (await _home.Store.OpenAsync(_alice, "old")).Messages.Count);
        Assert.Empty((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        Assert.Equal(0, (await selected.RefreshAsync()).Count);
        Assert.NotNull(await _home.Directory.FindAsync(_alice, "INBOX/sub"));
        Assert.Equal(3, await _home.AppendAsync(inbox.Id)); // its UIDs go on
    }

    [ContractTheory]
    [InlineData("nowhere", "x", MailboxRefusal.NonExistent)]
    [InlineData("Sent", "Trash", MailboxRefusal.AlreadyExists)]
    [InlineData("Sent", "Sent", MailboxRefusal.AlreadyExists)]
    [InlineData("Sent", "inbox", MailboxRefusal.AlreadyExists)]
    [InlineData("Sent", "Sent/below", MailboxRefusal.Cannot)]
    public Task Rename_refuses(string from, string to, MailboxRefusal refusal) => RefusedAsync(refusal, () => _home.Directory.RenameAsync(_alice, from, to));

    [ContractFact]
    public async Task Rename_that_makes_an_inferior_too_long_changes_nothing()
    {
        await _home.Directory.CreateAsync(_alice, "a/" + new string('b', 900));
        await RefusedAsync(MailboxRefusal.Limit, () => _home.Directory.RenameAsync(_alice, "a", new string('c', 200)));
        Assert.NotNull(await _home.Directory.FindAsync(_alice, "a"));
    }

    [ContractFact]
    public async Task Subscription_outlives_its_mailbox()
    {
        await _home.Directory.SubscribeAsync(_alice, "gone");
        await _home.Directory.SubscribeAsync(_alice, "gone");
        await _home.Directory.DeleteAsync(_alice, "Trash");
        Assert.Equal(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash", "gone"], await _home.Directory.SubscriptionsAsync(_alice));
        await _home.Directory.UnsubscribeAsync(_alice, "gone");
        await _home.Directory.UnsubscribeAsync(_alice, "never");
        Assert.DoesNotContain("gone", await _home.Directory.SubscriptionsAsync(_alice));
    }

    [ContractFact]
    public Task Account_that_is_gone_is_refused() => RefusedAsync(MailboxRefusal.NonExistent, () => _home.Directory.ListAsync(12345));

    private static async Task RefusedAsync(MailboxRefusal refusal, Func<Task> action) =>
        Assert.Equal(refusal, (await Assert.ThrowsAsync<MailboxException>(action)).Refusal);
}
