using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;
using MimeKit;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>Mail with UTF-8 in its header, sent by SMTPUTF8, read with MailKit: as a client that takes it, and as one that does not (RFC 6858).</summary>
[Collection(SharedServerCollection.Name)]
public sealed class InternationalMailTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Every_client_reads_it()
    {
        var reader = await _server.NewAccountAsync("reader");
        await SendAsync(reader);

        var (before, sent) = await ByImapAsync(reader, utf8: true);
        Assert.Equal("jürgen@außen.example", Assert.Single(before.From.Mailboxes).GetAddress(idnEncode: false));
        Assert.Equal(sent.Length, await Pop3SizeAsync(reader, utf8: true));
        AssertRead(before, sent);

        var (shown, downgraded) = await ByImapAsync(reader, utf8: false);
        var from = Assert.Single(shown.From.Mailboxes);
        Assert.Equal("invalid@internationalized-address.invalid", from.Address);
        Assert.Equal("Jürgen <jürgen@außen.example>", from.Name);
        Assert.All(downgraded, octet => Assert.True(octet < 0x80));
        Assert.Equal(downgraded.Length, await Pop3SizeAsync(reader, utf8: false));
        AssertRead(shown, downgraded);
    }

    private static void AssertRead(MimeMessage message, byte[] octets)
    {
        Assert.NotEmpty(octets);
        Assert.Equal("Grüße aus München", message.Subject);
        Assert.Equal("Rechnung für Jürgen.txt", Assert.Single(message.Attachments).ContentDisposition!.FileName);
        Assert.Equal("the body", message.TextBody?.TrimEnd());
    }

    private async Task SendAsync(string reader)
    {
        var message = new MimeMessage();
        message.From.Add(new MailboxAddress("Jürgen", "jürgen@außen.example"));
        message.To.Add(MailboxAddress.Parse(reader));
        message.Subject = "Grüße aus München";
        var builder = new BodyBuilder { TextBody = "the body\r\n" };
        builder.Attachments.Add("Rechnung für Jürgen.txt", "7bit"u8.ToArray(), new ContentType("text", "plain"));
        message.Body = builder.ToMessageBody();
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync("127.0.0.1", _server.Ports.Smtp, SecureSocketOptions.None);
        Assert.True(smtp.Capabilities.HasFlag(SmtpCapabilities.UTF8));
        var international = FormatOptions.Default.Clone();
        international.International = true;
        await smtp.SendAsync(international, message);
        await smtp.DisconnectAsync(quit: true);
        await _server.SettleAsync();
    }

    /// <summary>The message as it is in every part that the client asked for apart, and its octets.</summary>
    private async Task<(MimeMessage Message, byte[] Octets)> ByImapAsync(string reader, bool utf8)
    {
        using var imap = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await imap.ConnectAsync("127.0.0.1", _server.Ports.Imaps, SecureSocketOptions.SslOnConnect);
        await imap.AuthenticateAsync(reader, MailServer.Password);
        if (utf8)
            await imap.EnableUTF8Async();
        var inbox = imap.Inbox!;
        await inbox.OpenAsync(FolderAccess.ReadOnly);
        var summary = Assert.Single(await inbox.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure | MessageSummaryItems.Size));
        var message = await inbox.GetMessageAsync(summary.UniqueId);
        Assert.Equal(message.Subject, summary.Envelope!.Subject);
        Assert.Equal(message.From.ToString(), summary.Envelope.From.ToString());
        Assert.Equal("Rechnung für Jürgen.txt", Assert.Single(summary.Attachments).FileName);
        var text = (TextPart)await inbox.GetBodyPartAsync(summary.UniqueId, summary.TextBody!);
        Assert.Equal(message.TextBody, text.Text);
        await using var stream = await inbox.GetStreamAsync(summary.UniqueId);
        using var octets = new MemoryStream();
        await stream.CopyToAsync(octets);
        Assert.Equal(summary.Size, (uint)octets.Length);
        await imap.DisconnectAsync(quit: true);
        return (message, octets.ToArray());
    }

    private async Task<long> Pop3SizeAsync(string reader, bool utf8)
    {
        using var pop = new Pop3Client { ServerCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await pop.ConnectAsync("127.0.0.1", _server.Ports.Pop3s, SecureSocketOptions.SslOnConnect);
        if (utf8)
            await pop.EnableUTF8Async();
        await pop.AuthenticateAsync(reader, MailServer.Password);
        await using var stream = await pop.GetStreamAsync(0);
        using var octets = new MemoryStream();
        await stream.CopyToAsync(octets);
        await pop.DisconnectAsync(quit: true);
        return octets.Length;
    }
}
