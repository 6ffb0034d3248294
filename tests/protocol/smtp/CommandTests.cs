namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RSET, NOOP, VRFY, HELP, QUIT, and what is no command.</summary>
public sealed class CommandTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public Task Are_legal_at_any_time_and_in_any_case() => RunAsync("""
        S: 220 …
        C: noop
        C: NoOp with words
        C: VRFY alice
        C: HELP
        C: help MAIL
        C: RSET
        C: rset  
        C: QUIT
        S: 250 2.0.0 Ok
        S: 250 2.0.0 Ok
        S: 252 2.5.2 Cannot VRFY user, but will take a message and attempt delivery
        S: 214 2.0.0 Commands: …
        S: 214 2.0.0 Commands: …
        S: 250 2.0.0 Ok
        S: 250 2.0.0 Ok
        S: 221 2.0.0 Bye
        END
        """);

    [Theory]
    [InlineData("RSET now", "501 5.5.4")]
    [InlineData("QUIT now", "501 5.5.4")]
    [InlineData("VRFY", "501 5.5.4")]
    [InlineData("EXPN list", "502 5.5.1")]
    [InlineData("ETRN b.example", "502 5.5.1")]
    [InlineData("FOO", "500 5.5.2")]
    [InlineData("MAILFROM:<a@b.example>", "500 5.5.2")]
    [InlineData("ehloclient.example", "500 5.5.2")]
    [InlineData("", "500 5.5.2")]
    public Task Refuses(string line, string code) => RunAsync($"""
        S: 220 …
        C: {line}
        S: {code} …
        C: NOOP
        S: 250 2.0.0 Ok
        """);

    [Fact]
    public Task Rset_ends_a_transaction_and_keeps_the_session() => RunAsync(Ehlo + """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: RSET
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 250 2.0.0 Ok
        S: 503 5.5.1 Need MAIL command
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        """);

    [Fact]
    public Task A_lone_lf_ends_a_command_for_those_who_type() => RunAsync("""
        S: 220 …
        C~ NOOP\n
        S: 250 2.0.0 Ok
        """);
}
