using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;
using MimeKit;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>MailKit asks for extended searches, sorts and threads, and understands the answers.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class MailKitSearchTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Searches_sorts_and_threads()
    {
        var account = await _server.NewAccountAsync("search");
        using var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await imap.ConnectAsync("127.0.0.1", _server.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        await imap.AuthenticateAsync(account, MailServer.Password);
        const ImapCapabilities Needed = ImapCapabilities.ESearch | ImapCapabilities.SearchResults | ImapCapabilities.Within | ImapCapabilities.Sort
            | ImapCapabilities.SortDisplay | ImapCapabilities.ESort | ImapCapabilities.Thread | ImapCapabilities.FuzzySearch | ImapCapabilities.MultiSearch;
        Assert.Equal(Needed, imap.Capabilities & Needed);
        var inbox = imap.Inbox ?? throw new InvalidOperationException("No inbox.");
        await AppendAsync(inbox, "<1@x>", null, "banana", "the meeting of today");
        await AppendAsync(inbox, "<2@x>", "<1@x>", "Re: banana", "会議の議事録");
        await AppendAsync(inbox, "<3@x>", null, "Äpfel", "nothing");
        await AppendAsync(inbox, "<4@x>", "<2@x>", "Re: banana", "I meet you");
        await inbox.OpenAsync(FolderAccess.ReadWrite);

        var found = await inbox.SearchAsync(SearchOptions.All | SearchOptions.Count | SearchOptions.Min | SearchOptions.Max, SearchQuery.SubjectContains("BANANA"));
        Assert.Equal((3, 1u, 4u), (found.Count, found.Min!.Value.Id, found.Max!.Value.Id));
        Assert.Equal([1u, 2u, 4u], Ids(found.UniqueIds));
        Assert.Equal([3u, 1u, 2u, 4u], Ids(await inbox.SortAsync(SearchQuery.All, [OrderBy.Subject, OrderBy.Arrival])));
        Assert.Equal([4u, 3u, 2u, 1u], Ids((await inbox.SortAsync(SearchOptions.All | SearchOptions.Count, SearchQuery.All, [OrderBy.ReverseDate])).UniqueIds));
        Assert.Equal([2u], Ids(await inbox.SearchAsync(SearchQuery.BodyContains("議事"))));
        Assert.Equal([1u, 4u], Ids(await inbox.SearchAsync(SearchQuery.Fuzzy(SearchQuery.BodyContains("meet")))));
        Assert.Equal([1u, 2u, 3u, 4u], Ids(await inbox.SearchAsync(SearchQuery.YoungerThan(3600))));

        var threads = await inbox.ThreadAsync(ThreadingAlgorithm.References, SearchQuery.All);
        Assert.Equal("1(2(4)) 3", string.Join(' ', threads.Select(Text)));
        Assert.Equal("1(2 4) 3", string.Join(' ', (await inbox.ThreadAsync(ThreadingAlgorithm.OrderedSubject, SearchQuery.All)).Select(Text)));
        await imap.DisconnectAsync(quit: true);
    }

    private static IEnumerable<uint> Ids(IList<UniqueId> uids) => uids.Select(uid => uid.Id);

    private static string Text(MessageThread thread) =>
        thread.Children.Count == 0 ? $"{thread.UniqueId!.Value.Id}" : $"{thread.UniqueId!.Value.Id}({string.Join(' ', thread.Children.Select(Text))})";

    private static async Task AppendAsync(IMailFolder folder, string id, string? references, string subject, string body)
    {
        var header = $"Message-ID: {id}\r\n{(references is null ? "" : $"References: {references}\r\n")}Subject: {subject}\r\n"
            + $"From: a@client.example\r\nDate: Thu, {id[1]} Jan 2026 10:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
        using var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes($"{header}{body}\r\n")));
        await folder.AppendAsync(message);
    }
}
