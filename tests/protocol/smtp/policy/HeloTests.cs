using System.Net;
using MailMesh.Contracts;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp.Policy;

/// <summary>What a client's own name, and its manners until it has one, say of it.</summary>
public sealed class HeloTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Message = """
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.5 …
        C: DATA
        S: 354 …
        C: .
        S: 250 2.0.0 …

        """;

    [Theory]
    [InlineData("EHLO 192.0.2.1", "192.0.2.1 is an address without brackets")]
    [InlineData("HELO localhost", "localhost is no full name")]
    [InlineData("EHLO mx.ours.example", "mx.ours.example is ourselves")]
    [InlineData("EHLO [192.0.2.25]", "[192.0.2.25] is ourselves")]
    public async Task A_name_that_cannot_be_is_refused_and_a_better_one_taken(string hello, string fault)
    {
        Policy = Policy with { HeloSyntax = RuleMode.Reject, HeloOurName = RuleMode.Reject };
        await RunAsync($"""
            S: 220 …
            C: {hello}
            S: 550 5.7.1 Name given in EHLO refused: {fault}
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            C: HELO client.example
            S: 250 mx.ours.example greets client.example
            """);
        await RunAsync($"""
            TLS
            S: 220 …
            C: {hello.Replace("EHLO", "HELO", StringComparison.Ordinal)}
            S: 550 …
            """, "submissions"); // in this test every listener has the same rules
        await using var exempt = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(exempt).RunAsync($"""
            S: 220 …
            C: {hello.Replace("EHLO", "HELO", StringComparison.Ordinal)}
            S: 250 …
            """);
    }

    [Fact]
    public async Task A_name_that_scores_goes_with_the_message()
    {
        Policy = Policy with { HeloSyntax = RuleMode.Score };
        await RunAsync("""
            S: 220 …
            C: HELO localhost
            S: 250 …

            """ + Message);
        Assert.Equal(["helo syntax 0.5 localhost is no full name"], Evidence());
    }

    [Fact]
    public async Task The_last_name_counts()
    {
        Policy = Policy with { HeloSyntax = RuleMode.Score, HeloUnresolved = RuleMode.Score };
        Dns.Add("client.example", "A", "192.0.2.1");
        await RunAsync("""
            S: 220 …
            C: HELO localhost
            S: 250 …
            C: HELO client.example
            S: 250 …

            """ + Message);
        Assert.Equal(["helo pass 0 client.example is in the DNS"], Evidence());
    }

    [Fact]
    public async Task Commands_sent_ahead_score()
    {
        Policy = Policy with { EarlyCommands = RuleMode.Score };
        await RunAsync("""
            S: 220 …
            C: HELO client.example
            C: MAIL FROM:<a@b.example>
            S: 250 …
            S: 250 …
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<bob@ours.example>
            S: 250 …
            S: 250 …
            C: DATA
            S: 354 …
            C: .
            S: 250 …
            """);
        Assert.Equal(["pipelining early 1 did not wait for the answer to RCPT"], Evidence());
    }

    [Fact]
    public async Task Who_was_told_of_pipelining_may()
    {
        Policy = Policy with { EarlyCommands = RuleMode.Reject };
        await RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 …
            S: 250 …
            S: 354 …
            C: .
            C: QUIT
            S: 250 …
            S: 221 …
            END
            """);
        Assert.Empty(Evidence());
    }

    [Theory]
    [InlineData("EHLO client.example")]
    [InlineData("HELO client.example")]
    public async Task Commands_sent_ahead_are_refused_and_nothing_of_them_is_done(string hello)
    {
        Policy = Policy with { EarlyCommands = RuleMode.Reject };
        await RunAsync($"""
            S: 220 …
            C: {hello}
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            C: .
            S: 554 5.5.1 You must wait for the reply before you send more (RFC 2920 section 3.1)
            END
            """);
        Assert.Empty(Intake.Messages);
    }

    private IEnumerable<string> Evidence() => TheMessage().Connection.Checks.Select(Describe);

    private static string Describe(CheckResult check) => FormattableString.Invariant($"{check.Check} {check.Result} {check.Score} {check.Evidence}");
}
