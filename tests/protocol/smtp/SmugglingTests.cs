namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>
/// SMTP smuggling (2023): a form that one server takes for the end of a message and another does not lets a second message hide in
/// the first. RFC 5321 §4.1.1.4: only CRLF.CRLF is the end; here everything else is a reason to refuse the whole.
/// </summary>
public sealed class SmugglingTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Theory]
    [InlineData(@"\n.\n")]
    [InlineData(@"\n.\r\n")]
    [InlineData(@"\r.\r\n")]
    [InlineData(@"\r.\r")]
    [InlineData(@"\r\n.\n")]
    [InlineData(@"\r\n.\r")]
    [InlineData(@"\n.\r")]
    [InlineData(@"\r.\n")]
    [InlineData(@"\r\r\n.\r\r\n")]
    [InlineData(@"\r\n.\r\r\n")]
    [InlineData(@"\n\n.\r\n")]
    [InlineData(@"\r\n\0.\r\n")]
    [InlineData(@"\r\n.\0\r\n")]
    public async Task No_other_form_ends_a_message(string form)
    {
        await RunAsync(Ehlo + $"""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C~ Subject: first\r\n\r\nbody{form}MAIL FROM:<admin@ours.example>\r\nRCPT TO:<bob@ours.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nboo\r\n.\r\n
            S/ ^554 5\.6\.0 Message contains a (bare CR|bare LF|NUL octet).* \(id [0-9a-f]+\)$
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Theory]
    [InlineData(@"a bare \n LF", "554 5.6.0 Message contains a bare LF")]
    [InlineData(@"a bare \r CR", "554 5.6.0 Message contains a bare CR")]
    [InlineData(@"a NUL \0 octet", "554 5.6.0 Message contains a NUL octet")]
    public Task What_a_message_must_not_have_is_named(string text, string reply) => RunAsync(Ehlo + $"""
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 354 …
        C~ {text}\r\n.\r\n
        S: {reply}…
        """);

    [Fact]
    public Task Commands_with_control_characters_are_refused() => RunAsync("""
        S: 220 …
        C~ NOOP \0\r\n
        S: 500 5.5.2 Control characters …
        C~ EHLO a\rb\r\n
        S: 500 5.5.2 Control characters …
        C~ NOOP \xFF\xFE\r\n
        S: 500 5.5.2 Control characters …
        """);
}
