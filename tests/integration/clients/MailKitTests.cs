using System.Diagnostics;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;
using MimeKit;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>MailKit, as the .NET programs of our users have it.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class MailKitTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submits_with_STARTTLS_or_TLS_and_reads_by_IMAP(bool implicitTls)
    {
        var alice = await _server.NewAccountAsync("alice");
        var bob = await _server.NewAccountAsync("bob");
        var message = Letter(alice, bob, "日本語の件名");
        await SubmitAsync(alice, message, implicitTls);

        using var imap = await ImapAsync(bob);
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        await Wait.UntilAsync("the message in bob's inbox", async () => (await inbox.OpenAsync(FolderAccess.ReadWrite)) == FolderAccess.ReadWrite && inbox.Count == 1);
        var summary = Assert.Single(await inbox.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure | MessageSummaryItems.Flags | MessageSummaryItems.Size));
        Assert.Equal("日本語の件名", summary.Envelope!.Subject);
        Assert.Equal(message.MessageId, summary.Envelope.MessageId);
        var attachment = Assert.Single(summary.Attachments);
        Assert.Equal("data.bin", attachment.FileName);
        var part = (MimePart)await inbox.GetBodyPartAsync(summary.UniqueId, attachment);
        using var content = new MemoryStream();
        await part.Content!.DecodeToAsync(content);
        Assert.Equal([0, 1, 2, 3, 255], content.ToArray());

        await inbox.AddFlagsAsync(summary.UniqueId, MessageFlags.Seen | MessageFlags.Flagged, silent: true);
        await inbox.CloseAsync();
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        Assert.Equal(summary.UniqueId, Assert.Single(await inbox.SearchAsync(MailKit.Search.SearchQuery.Flagged.And(MailKit.Search.SearchQuery.Seen))));
        await imap.DisconnectAsync(quit: true);
    }

    [Fact]
    public async Task Folders_are_made_filled_moved_renamed_and_removed()
    {
        var account = await _server.NewAccountAsync("folders");
        using var imap = await ImapAsync(account);
        var top = imap.GetFolder(imap.PersonalNamespaces[0]);
        var project = await top.CreateAsync("Projekt 東京", isMessageFolder: true) ?? throw new InvalidOperationException("Not created.");
        var uid = await project.AppendAsync(Letter(account, account, "Draft"), MessageFlags.Draft);
        Assert.NotNull(uid);
        await project.OpenAsync(FolderAccess.ReadWrite);
        var archive = await top.CreateAsync("Archive box", isMessageFolder: true) ?? throw new InvalidOperationException("Not created.");
        var moved = await project.MoveToAsync(uid.Value, archive);
        Assert.NotNull(moved);
        Assert.Empty(await project.FetchAsync(0, -1, MessageSummaryItems.UniqueId));
        await project.CloseAsync();
        await archive.RenameAsync(top, "Kept");
        await archive.OpenAsync(FolderAccess.ReadOnly);
        Assert.Equal(1, archive.Count);
        await archive.CloseAsync();
        await project.DeleteAsync();
        Assert.DoesNotContain(await top.GetSubfoldersAsync(), folder => folder.Name == "Projekt 東京");
        Assert.NotNull(imap.GetFolder(SpecialFolder.Junk));
    }

    /// <summary>RFC 7162: what another client did meanwhile is told at once, and a change that comes too late is refused.</summary>
    [Fact]
    public async Task A_folder_is_resynchronized_quickly()
    {
        var account = await _server.NewAccountAsync("resync");
        using var other = await ImapAsync(account);
        var theirs = other.Inbox ?? throw new InvalidOperationException("No inbox.");
        await theirs.OpenAsync(FolderAccess.ReadWrite);
        for (var i = 0; i < 6; i++)
            Assert.NotNull(await theirs.AppendAsync(Letter(account, account, $"Letter {i}")));
        var (validity, modSeq, uids) = await LookAsync(account);
        await theirs.AddFlagsAsync(uids[1], MessageFlags.Flagged, silent: true);
        await theirs.AddFlagsAsync([uids[0], uids[3]], MessageFlags.Deleted, silent: true);
        await theirs.ExpungeAsync();

        using var imap = await ImapAsync(account);
        await imap.EnableQuickResyncAsync();
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        var (earlier, now, flagged) = (new List<UniqueId>(), new List<UniqueId>(), new List<UniqueId?>());
        inbox.MessagesVanished += (_, vanished) => (vanished.Earlier ? earlier : now).AddRange(vanished.UniqueIds);
        inbox.MessageFlagsChanged += (_, changed) => flagged.Add(changed.Flags.HasFlag(MessageFlags.Flagged) ? changed.UniqueId : null);
        await inbox.OpenAsync(FolderAccess.ReadWrite, validity, modSeq, uids);
        Assert.Equal([uids[0], uids[3]], earlier);
        Assert.Equal([uids[1]], flagged);
        Assert.Equal(4, inbox.Count);
        Assert.True(inbox.HighestModSeq > modSeq);

        var changed = Assert.Single(await inbox.FetchAsync(uids, new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.EmailId | MessageSummaryItems.ThreadId | MessageSummaryItems.SaveDate) { ChangedSince = modSeq }));
        Assert.Equal(uids[1], changed.UniqueId);
        Assert.True(changed.ModSeq > modSeq);
        Assert.NotNull(changed.EmailId);
        Assert.NotNull(changed.ThreadId);
        Assert.NotNull(changed.SaveDate);
        var late = await inbox.StoreAsync([uids[1], uids[2]], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Answered) { UnchangedSince = modSeq, Silent = true });
        Assert.Equal([uids[1]], late);

        await theirs.AddFlagsAsync(uids[5], MessageFlags.Deleted, silent: true);
        await theirs.ExpungeAsync();
        await imap.NoOpAsync();
        Assert.Equal([uids[5]], now);
        await imap.DisconnectAsync(quit: true);
    }

    /// <summary>Promise: new mail reaches an IDLE session in under a second. The middle of five, so that one pause of a loaded machine does not count.</summary>
    [Fact]
    public async Task New_mail_reaches_an_idle_session_in_under_a_second()
    {
        var account = await _server.NewAccountAsync("idle");
        using var imap = await ImapAsync(account);
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        await inbox.OpenAsync(FolderAccess.ReadWrite);
        var times = new List<TimeSpan>();
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        for (var round = 1; round <= 5; round++)
        {
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            inbox.CountChanged += (_, _) => arrived.TrySetResult();
            using var done = new CancellationTokenSource();
            var idling = imap.IdleAsync(done.Token);
            (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain($"idle-{round}@client.example"))).Expect(250);
            var watch = Stopwatch.StartNew();
            await Wait.AtMostAsync($"EXISTS of message {round} in IDLE", arrived.Task.ContinueWith(_ => true, TaskScheduler.Default));
            times.Add(watch.Elapsed);
            await done.CancelAsync();
            await idling;
        }
        times.Sort();
        Assert.True(times[2] < TimeSpan.FromSeconds(1), $"From 250 to EXISTS: {string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:F0} ms"))}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_and_deletes_by_POP3(bool implicitTls)
    {
        var account = await _server.NewAccountAsync("pop");
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
        {
            (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("one@client.example"))).Expect(250);
            (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("two@client.example"))).Expect(250);
        }
        await _server.SettleAsync();

        using (var pop = await PopAsync(account, implicitTls))
        {
            Assert.Equal(2, pop.Count);
            var uids = await pop.GetMessageUidsAsync();
            Assert.Equal(2, uids.Distinct().Count());
            var ids = (await pop.GetMessagesAsync(0, 2)).Select(message => message.MessageId).ToHashSet();
            Assert.Equal(["one@client.example", "two@client.example"], ids.Order());
            Assert.Equal("Sample", (await pop.GetMessageHeadersAsync(0))[HeaderId.Subject]!.Split(' ')[0]);
            await pop.DeleteMessageAsync(0);
            await pop.DisconnectAsync(quit: true);
        }
        using (var pop = await PopAsync(account, implicitTls))
            Assert.Equal(1, pop.Count);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_by_every_protocol()
    {
        var account = await _server.NewAccountAsync("locked");
        using var smtp = new SmtpClient();
        Accept(smtp);
        await smtp.ConnectAsync("127.0.0.1", _server.Ports.Submission, SecureSocketOptions.StartTls);
        await Assert.ThrowsAsync<AuthenticationException>(() => smtp.AuthenticateAsync(account, "wrong"));
        using var imap = new ImapClient();
        Accept(imap);
        await imap.ConnectAsync("127.0.0.1", _server.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        await Assert.ThrowsAsync<AuthenticationException>(() => imap.AuthenticateAsync(account, "wrong"));
        using var pop = new Pop3Client();
        Accept(pop);
        await pop.ConnectAsync("127.0.0.1", _server.Ports.Pop3s, SecureSocketOptions.SslOnConnect);
        await Assert.ThrowsAsync<AuthenticationException>(() => pop.AuthenticateAsync(account, "wrong"));
    }

    /// <summary>What a client keeps of INBOX.</summary>
    private async Task<(uint UidValidity, ulong ModSeq, IList<UniqueId> Uids)> LookAsync(string account)
    {
        using var imap = await ImapAsync(account);
        await imap.EnableQuickResyncAsync();
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        var uids = await inbox.SearchAsync(MailKit.Search.SearchQuery.All);
        var kept = (inbox.UidValidity, inbox.HighestModSeq, uids);
        await imap.DisconnectAsync(quit: true);
        return kept;
    }

    private static MimeMessage Letter(string from, string to, string subject)
    {
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(to));
        message.Subject = subject;
        var body = new BodyBuilder { TextBody = "Hello.\r\n", HtmlBody = "<p>Hello.</p>" };
        body.Attachments.Add("data.bin", new byte[] { 0, 1, 2, 3, 255 }, new ContentType("application", "octet-stream"));
        message.Body = body.ToMessageBody();
        return message;
    }

    private static void Accept(MailService client) =>
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;

    private async Task SubmitAsync(string from, MimeMessage message, bool implicitTls)
    {
        using var smtp = new SmtpClient();
        Accept(smtp);
        if (implicitTls)
            await smtp.ConnectAsync("127.0.0.1", _server.Ports.Submissions, SecureSocketOptions.SslOnConnect);
        else
            await smtp.ConnectAsync("127.0.0.1", _server.Ports.Submission, SecureSocketOptions.StartTls);
        await smtp.AuthenticateAsync(from, MailServer.Password);
        Assert.Matches("[0-9a-f]{32}", await smtp.SendAsync(message));
        await smtp.DisconnectAsync(quit: true);
    }

    private async Task<ImapClient> ImapAsync(string account)
    {
        var imap = new ImapClient();
        Accept(imap);
        await imap.ConnectAsync("127.0.0.1", _server.Ports.Imap, SecureSocketOptions.StartTls);
        await imap.AuthenticateAsync(account, MailServer.Password);
        return imap;
    }

    private async Task<Pop3Client> PopAsync(string account, bool implicitTls)
    {
        var pop = new Pop3Client();
        Accept(pop);
        if (implicitTls)
            await pop.ConnectAsync("127.0.0.1", _server.Ports.Pop3s, SecureSocketOptions.SslOnConnect);
        else
            await pop.ConnectAsync("127.0.0.1", _server.Ports.Pop3, SecureSocketOptions.StartTls);
        await pop.AuthenticateAsync(account, MailServer.Password);
        return pop;
    }
}
