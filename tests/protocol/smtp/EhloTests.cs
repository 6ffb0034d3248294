namespace MailMesh.Protocol.Tests.Smtp;

public sealed class EhloTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public Task Says_what_it_can_on_the_mx_port() => RunAsync("""
        S: 220 …
        C: EHLO client.example
        S: 250-mx.ours.example greets client.example
        S: 250-PIPELINING
        S: 250-SIZE 27262976
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-DSN
        S: 250-MT-PRIORITY MIXER
        S: 250-DELIVERBY 60
        S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
        S: 250 STARTTLS
        """);

    [Fact]
    public Task Helo_is_answered_in_one_line_and_knows_no_parameters() => RunAsync("""
        S: 220 …
        C: HELO client.example
        S: 250 mx.ours.example greets client.example
        C: MAIL FROM:<a@b.example> SIZE=10
        S: 555 5.5.4 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        """);

    [Theory]
    [InlineData("[192.0.2.7]")]
    [InlineData("[IPv6:2001:db8::7]")]
    [InlineData("192.0.2.7")]
    [InlineData("WIN_PC-1")]
    [InlineData("localhost")]
    [InlineData("trailing.dot.example.")]
    public Task Takes_the_names_that_clients_have(string name) => RunAsync($"""
        S: 220 …
        C: HELO {name}
        S: 250 mx.ours.example greets {name}
        """);

    [Theory]
    [InlineData("EHLO")]
    [InlineData("HELO ")]
    [InlineData("EHLO a b")]
    [InlineData("EHLO <script>")]
    [InlineData("EHLO münchen.example")]
    [InlineData("EHLO [192.0.2.700]")]
    [InlineData("EHLO [IPv6:zz]")]
    [InlineData("EHLO .example")]
    public Task Refuses_what_is_no_name(string line) => RunAsync($"""
        S: 220 …
        C: {line}
        S: 501 5.5.4 Syntax: EHLO domain or address literal
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Send EHLO first
        """);

    [Fact]
    public Task Resets_an_open_transaction() => RunAsync("""
        S: 220 …
        C: HELO client.example
        S: 250 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: HELO again.example
        S: 250 …
        C: RCPT TO:<alice@ours.example>
        S: 503 5.5.1 Need MAIL command
        """);
}
