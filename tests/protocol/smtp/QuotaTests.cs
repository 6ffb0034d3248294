namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>A message that turns out to be too large for its recipients' quotas is refused while its client is there, as far as that can be.</summary>
public sealed class QuotaTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Full = "452 4.2.2 <small@ours.example>: mailbox is full, or has no room for a message of this size";

    private static readonly string _large = string.Concat(Enumerable.Repeat($"C: {new string('x', 98)}\n", 20));

    [Theory]
    [InlineData("")]
    [InlineData(" SIZE=10")] // which is not true
    public async Task Refuses_at_its_end_what_no_recipient_has_room_for(string size)
    {
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example>{size}
            C: RCPT TO:<small@ours.example>
            C: RCPT TO:<tiny@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 354 …
            {_large}C: .
            S: {Full}
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task Refuses_it_in_chunks_too()
    {
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<small@ours.example>
            C: BDAT 1002 LAST
            C~ {new string('x', 500)}\r\n{new string('x', 498)}\r\n
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: {Full}
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task Takes_what_another_recipient_has_room_for_and_what_fits()
    {
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<small@ours.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 354 …
            {_large}C: .
            S: 250 2.0.0 …
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<small@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: Subject: small
            C: .
            S: 250 2.0.0 …
            """);
        Assert.Equal(2, Intake.Messages.Count);
    }
}
