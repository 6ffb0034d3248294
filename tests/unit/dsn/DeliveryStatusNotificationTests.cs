using System.Text;
using MailMesh.Dsn;
using MimeKit;

namespace MailMesh.Unit.Tests;

public sealed class DeliveryStatusNotificationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    private static readonly RecipientStatus Failed = new()
    {
        Address = "bob@remote.test",
        ForwardPath = "list@ours.test",
        Action = DsnAction.Failed,
        Status = "5.1.1",
        RemoteMta = "mx.remote.test",
        Diagnostic = "550 5.1.1 no such user\r\nX-Injected: 1",
        LastAttemptAt = Now,
    };

    [Fact]
    public void A_failure_is_a_report_that_people_and_programs_can_read()
    {
        var message = Compose([Failed], "From: alice@ours.test\r\nMessage-ID: <m1@ours.test>\r\nSubject: hello\r\n");

        Assert.Equal("MAILER-DAEMON@mail.ours.test", message.From.Mailboxes.Single().Address);
        Assert.Equal("alice@ours.test", message.To.Mailboxes.Single().Address);
        Assert.Equal("auto-replied", message.Headers["Auto-Submitted"]);
        Assert.Equal("0123456789abcdef0123456789abcdef", message.Headers["X-MailMesh-Trace"]);
        Assert.Equal("m1@ours.test", message.InReplyTo);
        Assert.Contains("id fedcba", message.Headers["Received"], StringComparison.Ordinal);

        var report = Assert.IsType<MultipartReport>(message.Body);
        Assert.Equal("delivery-status", report.ReportType);
        var text = Assert.IsType<TextPart>(report[0]).Text;
        Assert.Contains("list@ours.test", text, StringComparison.Ordinal);
        Assert.Contains("(forwarded to bob@remote.test)", text, StringComparison.Ordinal);
        Assert.Contains("no such user", text, StringComparison.Ordinal);
        Assert.Contains("0123456789abcdef0123456789abcdef", text, StringComparison.Ordinal);

        var status = Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
        Assert.Equal("dns; mail.ours.test", status[0]["Reporting-MTA"]);
        Assert.Equal("Mon, 05 Jan 2026 09:00:00 +0000", status[0]["Arrival-Date"]);
        Assert.Equal("0123456789abcdef0123456789abcdef", status[0]["X-MailMesh-Trace"]);
        Assert.Equal("rfc822; list@ours.test", status[1]["Original-Recipient"]);
        Assert.Equal("rfc822; bob@remote.test", status[1]["Final-Recipient"]);
        Assert.Equal("failed", status[1]["Action"]);
        Assert.Equal("5.1.1", status[1]["Status"]);
        Assert.Equal("dns; mx.remote.test", status[1]["Remote-MTA"]);
        Assert.StartsWith("smtp; 550 5.1.1 no such user", status[1]["Diagnostic-Code"]);
        Assert.Null(status[1]["X-Injected"]);
        Assert.Equal("Mon, 05 Jan 2026 10:00:00 +0000", status[1]["Last-Attempt-Date"]);

        var header = Assert.IsType<TextRfc822Headers>(report[2]);
        Assert.Equal("hello", header.Message?.Subject);
    }

    [Fact]
    public void One_blank_line_parts_the_groups_and_none_ends_them()
    {
        var octets = new MemoryStream();
        Compose([Failed, Failed with { Address = "carol@remote.test" }], "From: alice@ours.test\r\n").WriteTo(octets);
        var text = System.Text.Encoding.ASCII.GetString(octets.ToArray()).ReplaceLineEndings("\n");
        var begin = text.IndexOf("Reporting-MTA", StringComparison.Ordinal);
        var groups = text[begin..text.IndexOf("\n--", begin, StringComparison.Ordinal)].Split("\n\n");
        Assert.Equal(["Reporting-MTA", "Original-Recipient", "Original-Recipient"], groups.Select(group => group.Split(':')[0]));
        Assert.EndsWith("+0000\n", groups[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_delay_says_that_attempts_go_on()
    {
        var delayed = Failed with { Action = DsnAction.Delayed, Status = "4.4.1", RemoteMta = null, Diagnostic = "No connection", WillRetryUntil = Now.AddDays(5) };
        var message = Compose([delayed], "From: a\r\n");
        Assert.StartsWith("Delayed", message.Subject);
        var status = Assert.IsType<MessageDeliveryStatus>(Assert.IsType<MultipartReport>(message.Body)[1]).StatusGroups;
        Assert.Equal("delayed", status[1]["Action"]);
        Assert.Equal("X-MailMesh; No connection", status[1]["Diagnostic-Code"]);
        Assert.Null(status[1]["Remote-MTA"]);
        Assert.Equal("Sat, 10 Jan 2026 10:00:00 +0000", status[1]["Will-Retry-Until"]);
    }

    [Fact]
    public void Addresses_and_headers_outside_ASCII_take_the_forms_of_RFC_6533()
    {
        var message = Compose([Failed with { Address = "bób@remote.test" }], "Subject: héllo\r\n");
        var report = Assert.IsType<MultipartReport>(message.Body);
        Assert.Equal("utf-8; b\\x{F3}b@remote.test", Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups[1]["Final-Recipient"]);
        Assert.Equal("message/global-headers", report[2].ContentType.MimeType);
    }

    [Fact]
    public void What_the_sender_called_message_and_recipient_comes_back_decoded()
    {
        var report = ReportOf([Failed with { OriginalRecipient = "rfc822;Team+2Bx@ours.test" }]) with { EnvelopeId = "QQ+2B314+20159", DeliverBy = Now };
        var message = Compose(report, new ReturnedMessage("From: a\r\n"u8.ToArray(), IsWhole: false));
        var status = Assert.IsType<MessageDeliveryStatus>(Assert.IsType<MultipartReport>(message.Body)[1]).StatusGroups;
        Assert.Equal("QQ+314 159", status[0]["Original-Envelope-Id"]);
        Assert.Equal("Mon, 05 Jan 2026 10:00:00 +0000", status[0]["Deliver-By-Date"]);
        Assert.Equal("rfc822; Team+x@ours.test", status[1]["Original-Recipient"]);
        Assert.Equal("rfc822; bob@remote.test", status[1]["Final-Recipient"]);
    }

    [Theory]
    [InlineData(DsnAction.Delivered, "delivered", "Delivered: ")]
    [InlineData(DsnAction.Relayed, "relayed", "Relayed: ")]
    [InlineData(DsnAction.Expanded, "expanded", "Expanded: ")]
    public void A_success_says_so_in_words_and_fields(DsnAction action, string word, string subject)
    {
        var message = Compose([Failed with { Action = action, Status = "2.0.0" }], "From: a\r\n");
        Assert.StartsWith(subject, message.Subject);
        var report = Assert.IsType<MultipartReport>(message.Body);
        Assert.DoesNotContain("could not", Assert.IsType<TextPart>(report[0]).Text, StringComparison.Ordinal);
        Assert.Equal(word, Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups[1]["Action"]);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody\r\n", "message/rfc822", ContentEncoding.SevenBit)]
    [InlineData("Subject: x\r\n\r\nbódy\r\n", "message/rfc822", ContentEncoding.EightBit)]
    [InlineData("Subject: héllo\r\n\r\nbódy\r\n", "message/global", ContentEncoding.Base64)]
    public void The_whole_message_comes_back_octet_for_octet(string original, string type, ContentEncoding encoding)
    {
        var octets = Encoding.UTF8.GetBytes(original);
        var message = Compose(ReportOf([Failed]), new ReturnedMessage(octets, IsWhole: true));
        var part = Assert.IsType<MultipartReport>(message.Body)[2];
        Assert.Equal((type, encoding), (part.ContentType.MimeType, part is MimePart leaf ? leaf.ContentTransferEncoding : EncodingOf(part)));
        using var returned = new MemoryStream();
        if (part is MessagePart { Message: { } inner })
            inner.WriteTo(returned);
        else
            Assert.IsType<MimePart>(part, exactMatch: false).Content!.DecodeTo(returned);
        Assert.Equal(original.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(returned.ToArray()).ReplaceLineEndings("\n"));
    }

    private static ContentEncoding EncodingOf(MimeEntity part) => part.Headers["Content-Transfer-Encoding"] switch
    {
        "base64" => ContentEncoding.Base64,
        "8bit" => ContentEncoding.EightBit,
        _ => ContentEncoding.SevenBit,
    };

    [Fact]
    public void Every_recipient_has_its_group()
    {
        var message = Compose([.. Enumerable.Range(0, 100).Select(i => Failed with { Address = $"u{i}@remote.test" })], "From: a\r\n");
        Assert.Equal(101, Assert.IsType<MessageDeliveryStatus>(Assert.IsType<MultipartReport>(message.Body)[1]).StatusGroups.Count);
    }

    [Fact]
    public void The_id_depends_on_message_action_and_recipients_but_not_on_their_order()
    {
        var id = NotificationId.Of("m1", DsnAction.Failed, ["a", "b"]);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, NotificationId.Of("m1", DsnAction.Failed, ["b", "a"]));
        Assert.NotEqual(id, NotificationId.Of("m2", DsnAction.Failed, ["a", "b"]));
        Assert.NotEqual(id, NotificationId.Of("m1", DsnAction.Delayed, ["a", "b"]));
        Assert.NotEqual(id, NotificationId.Of("m1", DsnAction.Failed, ["a"]));
    }

    /// <summary>As it goes out and is read back.</summary>
    private static MimeMessage Compose(IReadOnlyList<RecipientStatus> recipients, string header) =>
        Compose(ReportOf(recipients), new ReturnedMessage(Encoding.UTF8.GetBytes(header), IsWhole: false));

    private static StatusReport ReportOf(IReadOnlyList<RecipientStatus> recipients) => new()
    {
        MessageId = "0123456789abcdef0123456789abcdef",
        ReversePath = "alice@ours.test",
        Body = "blob",
        ReceivedAt = Now.AddHours(-1),
        Recipients = recipients,
    };

    private static MimeMessage Compose(StatusReport report, ReturnedMessage original)
    {
        var message = new DeliveryStatusNotification("mail.ours.test").Compose(report, "fedcba9876543210fedcba9876543210", original, Now);
        using var octets = new MemoryStream();
        message.WriteTo(octets);
        octets.Position = 0;
        return MimeMessage.Load(octets);
    }
}
