namespace MailMesh.Protocol.Tests.Smtp;

public sealed class MailTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Theory]
    [InlineData("<>")]
    [InlineData("<a@b.example>")]
    [InlineData(" <a@b.example>")] // what scripts send in spite of RFC 5321 §3.3
    [InlineData("<a@b.example>  ")]
    [InlineData("<\"john doe\"@b.example>")]
    [InlineData("<\"a\\\"b>c\"@b.example>")]
    [InlineData("<@relay.example,@other.example:a@b.example>")]
    [InlineData("<a@[192.0.2.1]>")]
    [InlineData("<a@[IPv6:2001:db8::1]>")]
    [InlineData("<taro..yamada.@docomo.example>")] // given out by Japanese carriers
    [InlineData("<a+b=c/d@x-1.example>")]
    [InlineData("<a@b.example> SIZE=1000 BODY=8BITMIME")]
    [InlineData("<a@b.example> BODY=BINARYMIME")]
    [InlineData("<a@b.example> body=7bit size=0")]
    [InlineData("<a@b.example> SMTPUTF8")]
    [InlineData("<a@b.example> AUTH=<>")]
    [InlineData("<用户@例.example> SMTPUTF8 BODY=8BITMIME")]
    public Task Takes(string path) => RunAsync(Ehlo + $"""
        C: MAIL FROM:{path}
        S: 250 2.1.0 Sender ok
        """);

    [Theory]
    [InlineData("MAIL", "501 5.5.4")]
    [InlineData("MAIL FROM", "501 5.5.4")]
    [InlineData("MAIL TO:<a@b.example>", "501 5.5.4")]
    [InlineData("MAIL FROM: a@b.example", "501 5.1.7")]
    [InlineData("MAIL FROM:a@b.example", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@b.example", "501 5.1.7")]
    [InlineData("MAIL FROM:<a b@c.example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a>", "501 5.1.7")]
    [InlineData("MAIL FROM:<postmaster>", "501 5.1.7")]
    [InlineData("MAIL FROM:<\"a@b.example\">", "501 5.1.7")]
    [InlineData("MAIL FROM:<@b.example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@-b.example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@b..example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@b@c.example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@[300.1.1.1]>", "501 5.1.7")]
    [InlineData("MAIL FROM:<\"a@b.example>", "501 5.1.7")]
    [InlineData("MAIL FROM:<a@b.example>x", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE=abc", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE=1 SIZE=2", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE=", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> BODY=OTHER", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SMTPUTF8=yes", "501 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> XFOO=1", "555 5.5.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE=27262977", "552 5.3.4")]
    [InlineData("MAIL FROM:<a@b.example> SIZE=99999999999999999999", "552 5.3.4")]
    [InlineData("MAIL FROM:<用户@b.example>", "553 5.6.7")]
    public Task Refuses(string line, string code) => RunAsync(Ehlo + $"""
        C: {line}
        S: {code} …
        C: RCPT TO:<alice@ours.example>
        S: 503 5.5.1 Need MAIL command
        """);

    [Fact]
    public Task A_path_longer_than_256_octets_is_refused() => RunAsync(Ehlo + $"""
        C: MAIL FROM:<{new string('a', 240)}@b.example>
        S: 250 2.1.0 …
        C: RSET
        S: 250 2.0.0 Ok
        C: MAIL FROM:<{new string('a', 250)}@b.example>
        S: 501 5.1.7 …
        """);

    [Fact]
    public Task Comes_after_ehlo_and_once() => RunAsync("""
        S: 220 …
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Send EHLO first
        C: HELO client.example
        S: 250 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Sender already given
        """);
}
