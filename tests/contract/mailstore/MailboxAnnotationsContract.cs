using System.Text;
using MailMesh.Accounts;
using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>RFC 5464: annotations of mailboxes and of the server.</summary>
public abstract class MailboxAnnotationsContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private long _alice;
    private long _bob;
    private MailboxInfo _inbox = null!;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
        _bob = await _home.AddAccountAsync("bob");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task A_value_is_its_readers_or_everybodys_and_holds_any_octets()
    {
        byte[] octets = [0, 13, 10, 255, 34, 0];
        await _home.Annotations.SetAsync(_alice, _inbox, [new("/private/a", octets), new("/shared/a", [])]);
        Assert.Equal(octets, (await ValueAsync(_alice, _inbox, "/private/a"))!);
        Assert.Null(await ValueAsync(_bob, _inbox, "/private/a"));
        Assert.Empty((await ValueAsync(_bob, _inbox, "/shared/a"))!);
        await _home.Annotations.SetAsync(_bob, null, [new("/private/a", [1])]);
        Assert.Null(await ValueAsync(_alice, null, "/private/a"));
        await _home.Annotations.SetAsync(_bob, null, [new("/private/a", [2])]);
        Assert.Equal([2], (await ValueAsync(_bob, null, "/private/a"))!);
        await _home.Annotations.SetAsync(_bob, null, [new("/private/a", null)]);
        Assert.Null(await ValueAsync(_bob, null, "/private/a"));
    }

    [ContractFact]
    public async Task Entries_below_are_found_by_levels_and_not_by_letters()
    {
        string[] names = ["/private/f", "/private/f/a", "/private/f/a/b", "/private/fx", "/private/f_/a", "/private/F%"];
        await _home.Annotations.SetAsync(_alice, _inbox, [.. names.Select(name => new Annotation(name, [1]))]);
        Assert.Equal(["/private/f"], await NamesAsync("/private/f", AnnotationDepth.Entry));
        Assert.Equal(["/private/f", "/private/f/a"], await NamesAsync("/private/f", AnnotationDepth.Children));
        Assert.Equal(["/private/f", "/private/f/a", "/private/f/a/b"], await NamesAsync("/private/f", AnnotationDepth.All));
        Assert.Equal(["/private/f_/a"], await NamesAsync("/private/f_", AnnotationDepth.All));
        Assert.Equal(6, (await NamesAsync("/private", AnnotationDepth.All)).Count);
    }

    [ContractFact]
    public async Task All_are_set_or_none_also_by_copies_at_once()
    {
        var copy = new MailboxAnnotations(_home.Database, _home.Bus);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                await (i % 2 == 0 ? _home.Annotations : copy).SetAsync(_alice, _inbox, [.. Enumerable.Range(0, 30).Select(k => new Annotation($"/private/{i}/{k}", [1]))]);
                return true;
            }
            catch (MailboxException refused)
            {
                Assert.Equal(MailboxRefusal.TooManyAnnotations, refused.Refusal);
                return false;
            }
        }));
        Assert.Equal(3, outcomes.Count(done => done));
        Assert.Equal(90, (await NamesAsync("/private", AnnotationDepth.All)).Count);
    }

    [ContractFact]
    public async Task Changes_are_told_with_their_names()
    {
        var told = new List<MailboxChanged>();
        _home.Bus.Subscribe<MailboxChanged>(change => told.Add(change));
        await _home.Annotations.SetAsync(_bob, _inbox, [new("/private/a", [1]), new("/shared/b", [1]), new("/private/c", null)]);
        Assert.Equal(
            [(_alice, _inbox.Id, _bob, "/private/a /private/c"), (_alice, _inbox.Id, 0L, "/shared/b")],
            told.Select(change => (change.AccountId, change.MailboxId, change.ReaderId, string.Join(' ', change.Entries))));
    }

    [ContractFact]
    public async Task Values_go_with_the_mailbox_and_with_the_account()
    {
        var work = await _home.Directory.CreateAsync(_alice, "Work");
        await _home.Annotations.SetAsync(_bob, work, [new("/private/a", [1])]);
        await _home.Annotations.SetAsync(_bob, _inbox, [new("/private/a", [1])]);
        await _home.Annotations.SetAsync(_bob, null, [new("/private/a", [1])]);
        await _home.Directory.RenameAsync(_alice, "Work", "Done");
        Assert.NotNull(await ValueAsync(_bob, work, "/private/a"));
        await _home.Directory.DeleteAsync(_alice, "Done");
        Assert.Null(await ValueAsync(_bob, work, "/private/a"));
        Assert.True((await new AccountAdministration(_home.Database, _home.Clock).RemoveAccountAsync("bob@example.test")).Done);
        Assert.Null(await ValueAsync(_bob, _inbox, "/private/a"));
        Assert.Null(await ValueAsync(_bob, null, "/private/a"));
    }

    [ContractFact]
    public async Task The_special_use_is_an_annotation_of_its_owner()
    {
        var sent = (await _home.Directory.FindAsync(_alice, "Sent"))!;
        Assert.Equal("\\Sent", Encoding.ASCII.GetString((await ValueAsync(_alice, sent, MailboxAnnotations.SpecialUse))!));
        Assert.Null(await ValueAsync(_bob, sent, MailboxAnnotations.SpecialUse));
        await _home.Annotations.SetAsync(_alice, sent, [new(MailboxAnnotations.SpecialUse, "\\Archive"u8.ToArray())]);
        Assert.Equal("\\Archive", (await _home.Directory.FindAsync(_alice, "Sent"))!.SpecialUse);
        await _home.Annotations.SetAsync(_alice, sent, [new(MailboxAnnotations.SpecialUse, null)]);
        Assert.Null((await _home.Directory.FindAsync(_alice, "Sent"))!.SpecialUse);
    }

    private async Task<byte[]?> ValueAsync(long reader, MailboxInfo? mailbox, string entry) =>
        (await _home.Annotations.GetAsync(reader, mailbox, entry)) is [var found] ? found.Value : null;

    private async Task<List<string>> NamesAsync(string entry, AnnotationDepth depth) =>
        [.. (await _home.Annotations.GetAsync(_alice, _inbox, entry, depth)).Select(found => found.Entry)];
}
