using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;
using MimeKit;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>What MailKit makes of mailboxes of others, of quotas, of annotations and of NOTIFY.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class SharedMailboxTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_mailbox_is_shared_read_and_taken_back()
    {
        var alice = await _server.NewAccountAsync("sharing");
        var bob = await _server.NewAccountAsync("reading");
        using var owner = await ImapAsync(alice);
        var plans = await CreateAsync(owner, "Plans");
        await plans.AppendAsync(Letter(alice, "Plan A"));
        await plans.SetAccessRightsAsync(bob, new AccessRights("lrs"));
        var entries = await plans.GetAccessControlListAsync();
        Assert.Equal([alice, bob], entries.Select(entry => entry.Name));
        Assert.Equal("lrs", Letters(entries[1].Rights));

        using var reader = await ImapAsync(bob);
        var others = reader.GetFolder(Assert.Single(reader.SharedNamespaces.Concat(reader.OtherNamespaces)));
        var account = Assert.Single(await others.GetSubfoldersAsync());
        Assert.Equal(alice, account.Name);
        var shared = Assert.Single(await account.GetSubfoldersAsync());
        Assert.Equal($"Other Users/{alice}/Plans", shared.FullName);
        Assert.Equal("lrs", Letters(await shared.GetMyAccessRightsAsync()));
        await shared.OpenAsync(FolderAccess.ReadWrite);
        Assert.Equal("Plan A", (await shared.GetMessageAsync(0)).Subject);
        Assert.Equal(MessageFlags.Seen, shared.PermanentFlags);
        await shared.AddFlagsAsync(0, MessageFlags.Seen, silent: true);
        await Assert.ThrowsAsync<ImapCommandException>(() => shared.AddFlagsAsync(0, MessageFlags.Deleted, silent: true));
        await Assert.ThrowsAsync<ImapCommandException>(() => shared.AppendAsync(Letter(bob, "Mine")));
        await shared.CopyToAsync(0, reader.Inbox!);

        await plans.RemoveAccessAsync(bob);
        await Assert.ThrowsAsync<ImapCommandException>(() => shared.FetchAsync(0, -1, MessageSummaryItems.Flags));
        await owner.DisconnectAsync(quit: true);
    }

    [Fact]
    public async Task A_quota_is_told_and_kept()
    {
        var account = await _server.NewAccountAsync("quota");
        (await _server.CliAsync("account", "quota", account, "--messages", "1", "--octets", "1048576")).Expect();
        using var imap = await ImapAsync(account);
        await imap.Inbox!.AppendAsync(Letter(account, "One"));
        var quota = await imap.Inbox.GetQuotaAsync();
        Assert.Equal((1u, 1u, 1024u), (quota.MessageLimit, quota.CurrentMessageCount, quota.StorageLimit));
        var refused = await Assert.ThrowsAsync<ImapCommandException>(() => imap.Inbox.AppendAsync(Letter(account, "Two")));
        Assert.Equal(ImapCommandResponse.No, refused.Response);
    }

    [Fact]
    public async Task Annotations_are_kept_for_a_client()
    {
        var account = await _server.NewAccountAsync("metadata");
        using var imap = await ImapAsync(account);
        await imap.Inbox!.SetMetadataAsync(new MetadataCollection([new Metadata(MetadataTag.PrivateComment, "this is\r\nmine \"indeed\"")]));
        Assert.Equal("this is\r\nmine \"indeed\"", await imap.Inbox.GetMetadataAsync(MetadataTag.PrivateComment));
        await imap.SetMetadataAsync(new MetadataCollection([new Metadata(new MetadataTag("/private/vendor/mailmesh/theme"), "dark")]));
        Assert.Equal("dark", await imap.GetMetadataAsync(new MetadataTag("/private/vendor/mailmesh/theme")));
    }

    [Fact]
    public async Task News_of_a_mailbox_that_is_not_selected_come_by_NOTIFY()
    {
        var account = await _server.NewAccountAsync("notify");
        using var imap = await ImapAsync(account);
        var archive = await imap.GetFolderAsync("Archive");
        await imap.NotifyAsync(status: true, [new ImapEventGroup(ImapMailboxFilter.Personal, [new ImapEvent.MessageNew(), ImapEvent.MessageExpunge, ImapEvent.FlagChange, ImapEvent.MailboxName])]);
        Assert.Equal(0, archive.Count);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        archive.CountChanged += (_, _) => heard.TrySetResult();
        using var done = new CancellationTokenSource();
        await imap.Inbox!.OpenAsync(FolderAccess.ReadOnly);
        var idling = imap.IdleAsync(done.Token);
        using var other = await ImapAsync(account);
        await (await other.GetFolderAsync("Archive")).AppendAsync(Letter(account, "News"));
        await Wait.AtMostAsync("STATUS of Archive", heard.Task.ContinueWith(_ => true, TaskScheduler.Default));
        Assert.Equal(1, archive.Count);
        await done.CancelAsync();
        await idling;
        await imap.DisableNotifyAsync();
    }

    private static string Letters(AccessRights rights) => string.Concat(rights.Select(right => right.Right).Where(letter => letter is not ('c' or 'd')).Order());

    private static async Task<IMailFolder> CreateAsync(ImapClient imap, string name) =>
        await imap.GetFolder(imap.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true) ?? throw new InvalidOperationException("Not created.");

    private static MimeMessage Letter(string from, string subject)
    {
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = "Text." } };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(from));
        return message;
    }

    private async Task<ImapClient> ImapAsync(string account)
    {
        var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await imap.ConnectAsync("127.0.0.1", _server.Ports.Imap, SecureSocketOptions.StartTls);
        await imap.AuthenticateAsync(account, MailServer.Password);
        return imap;
    }
}
