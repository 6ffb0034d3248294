using System.Text;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Testing;
using MailMesh.Tracking;
using MailMesh.Wire;
using MimeKit;

namespace MailMesh.Unit.Tests;

/// <summary>What a notification gives back of the message, and how it sets out.</summary>
public sealed class NotificationSenderTests : IAsyncLifetime
{
    private const string Header = "From: alice@ours.test\r\nSubject: hello\r\n";

    private readonly MailDatabase _database = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("notification"), "mailmesh.db"));
    private readonly MemoryBlobStore _blobs = new();
    private readonly MemoryMessageIntake _intake = new();
    private TrackingLog _tracking = null!;
    private NotificationSender _sender = null!;

    public async Task InitializeAsync()
    {
        await _database.MigrateAsync();
        _tracking = new TrackingLog(_database, TimeProvider.System);
        Assert.True(NetworkList.TryParse("", out var none));
        _sender = new NotificationSender(_intake, _blobs, _tracking, new MailMeshOptions { Hostname = "mail.ours.test", ExemptNetworks = none }, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _tracking.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("FULL", DsnAction.Failed, false, "message/rfc822")]
    [InlineData("HDRS", DsnAction.Failed, false, "text/rfc822-headers")]
    [InlineData(null, DsnAction.Failed, false, "text/rfc822-headers")]
    [InlineData("FULL", DsnAction.Delayed, false, "text/rfc822-headers")] // RFC 3461 §4.3: for failures alone
    [InlineData("FULL", DsnAction.Delivered, false, "text/rfc822-headers")]
    [InlineData("FULL", DsnAction.Failed, true, "text/rfc822-headers")] // RFC 8689 §5
    public async Task The_whole_message_comes_back_with_a_failure_whose_sender_asked_for_it(string? dsnReturn, DsnAction action, bool requireTls, string type)
    {
        var (message, part) = await SendAsync(Header + "\r\nbody\r\n", report => report with { DsnReturn = dsnReturn, RequireTls = requireTls, Priority = 4 }, action);
        Assert.Equal(type, part.ContentType.MimeType);
        Assert.Equal(("", requireTls, 4), (message.Envelope.ReversePath, message.Envelope.RequireTls, message.Envelope.Priority));
    }

    [Fact]
    public async Task A_message_past_a_MiB_comes_back_as_its_header()
    {
        var line = new string('x', 70) + "\r\n";
        var (_, part) = await SendAsync(Header + "\r\n" + string.Concat(Enumerable.Repeat(line, 15_000)), report => report with { DsnReturn = "FULL" });
        Assert.Equal("hello", Assert.IsType<TextRfc822Headers>(part).Message?.Subject);
    }

    [Theory]
    [InlineData("\r\nbinary\0body\r\n")]
    [InlineData("\r\nbare\nline\r\n")]
    public async Task A_message_that_no_message_may_contain_as_it_is_comes_back_as_its_header(string body)
    {
        var (_, part) = await SendAsync(Header + body, report => report with { DsnReturn = "FULL" });
        Assert.Equal("text/rfc822-headers", part.ContentType.MimeType);
    }

    [Fact]
    public async Task A_returned_body_of_eight_bits_is_declared()
    {
        var (message, _) = await SendAsync(Header + "\r\nbódy\r\n", report => report with { DsnReturn = "FULL" });
        Assert.True(message.Envelope.EightBitMime);
        (message, _) = await SendAsync(Header + "\r\nbody\r\n", report => report with { DsnReturn = "FULL" });
        Assert.False(message.Envelope.EightBitMime);
    }

    private async Task<(MessageReceived Message, MimeEntity Returned)> SendAsync(string original, Func<StatusReport, StatusReport> with, DsnAction action = DsnAction.Failed)
    {
        await using var writer = _blobs.Create();
        await writer.WriteAsync(Encoding.UTF8.GetBytes(original));
        var report = new StatusReport
        {
            MessageId = Guid.NewGuid().ToString("N"),
            ReversePath = "alice@ours.test",
            Body = await writer.CompleteAsync(),
            ReceivedAt = DateTimeOffset.UtcNow,
            Recipients = [new RecipientStatus { Address = "bob@remote.test", Action = action, Status = "5.0.0" }],
        };
        var id = await _sender.SendAsync(with(report));
        var message = Assert.Single(_intake.Messages, m => m.MessageId == id);
        using var octets = new MemoryStream(_blobs[message.Body]);
        return (message, Assert.IsType<MultipartReport>(MimeMessage.Load(octets).Body)[2]);
    }
}
