using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Filtering;
using MailMesh.Testing;
using MailMesh.Tracking;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class BinaryConversionTests : IAsyncLifetime
{
    private static readonly string Binary = "Received: from x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n.\n\r" + new string('\n', 600_000);

    private readonly AccountsFixture _mail = new();
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("conversion"));
    private TrackingLog _tracking = null!;
    private BinaryConversion _conversion = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _tracking = new TrackingLog(_mail.Database, TimeProvider.System);
        _conversion = new BinaryConversion(_blobs, _tracking);
    }

    public async Task DisposeAsync()
    {
        await _tracking.DisposeAsync();
        await _mail.DisposeAsync();
        await _blobs.DisposeAsync();
    }

    [Fact]
    public async Task A_binary_message_goes_on_with_another_body_and_says_so_in_its_story()
    {
        var message = await BinaryAsync(Binary);
        var (converted, verdict) = await _conversion.ApplyAsync(message, Received.Verdict(), default);
        Assert.Equal((Disposition.Accept, false, false), (verdict.Disposition, converted.Envelope.BinaryMime, converted.Envelope.EightBitMime));
        Assert.NotEqual(message.Body, converted.Body);
        var text = await TextAsync(converted.Body);
        Assert.StartsWith("Received: from x\r\nContent-Type: image/png\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nAAouCg0KCgoK", text, StringComparison.Ordinal);
        Assert.Equal(text.Length, converted.SizeBytes);
        Assert.Equal(Binary, await TextAsync(message.Body));
        await _tracking.FlushAsync();
        var line = Assert.Single(await _tracking.ReadAsync(message.MessageId));
        Assert.Equal(("converted", "1"), (line.Event, line.Detail["encoded_parts"]));
    }

    [Fact]
    public async Task A_repetition_gives_the_same_octets()
    {
        var message = await BinaryAsync(Binary);
        var (first, _) = await _conversion.ApplyAsync(message, Received.Verdict(), default);
        var (second, _) = await _conversion.ApplyAsync(message, Received.Verdict(), default);
        Assert.Equal(await TextAsync(first.Body), await TextAsync(second.Body));
        Assert.Equal(first, second with { Body = first.Body, Envelope = first.Envelope });
    }

    [Fact]
    public async Task What_cannot_be_converted_is_refused_and_reaches_nobody_later()
    {
        var message = await BinaryAsync("Content-Type: multipart/mixed; boundary=b\r\n\r\na bare \n LF\r\n--b\r\n\r\nx\r\n--b--\r\n");
        var (same, verdict) = await _conversion.ApplyAsync(message, Received.Verdict(Disposition.Junk), default);
        Assert.Equal((message.Body, "HDRS"), (same.Body, same.Envelope.DsnReturn));
        Assert.Equal((Disposition.Reject, 554, "5.6.0", true), (verdict.Disposition, verdict.Refusal!.ReplyCode, verdict.Refusal.EnhancedStatus, verdict.Refusal.Undeliverable));
        var plan = DispatchPlan.Of(same, verdict, new RecipientRouting([new LocalRecipient { AccountId = 1, Address = "alice@example.com", ForwardPath = "alice@example.com" }], [], []), Received.Now);
        Assert.Empty(plan.Deliver);
    }

    [Fact]
    public async Task Other_mail_is_left_alone()
    {
        var message = await Received.Message().StoredIn(_blobs, "Subject: x\r\n\r\nx\r\n");
        var verdict = Received.Verdict();
        Assert.Equal((message, verdict), await _conversion.ApplyAsync(message, verdict, default));
    }

    private async Task<MessageReceived> BinaryAsync(string text)
    {
        var message = await Received.Message().StoredIn(_blobs, text);
        return message with { Envelope = message.Envelope with { BinaryMime = true } };
    }

    private async Task<string> TextAsync(string body)
    {
        using var reader = new StreamReader(await _blobs.OpenAsync(body));
        return await reader.ReadToEndAsync();
    }
}
