using System.Text;
using MailMesh.Ingress;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RFC 6409 §6.1: what an account submits bears its own addresses in From and Sender, or those that it was granted.</summary>
public sealed class FromCheckTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Theory]
    [InlineData("From: alice@ours.example")]
    [InlineData("From: Alice <ALICE+shop@ours.example>")]
    [InlineData("From: \"The Chief\" <sales@OURS.example>")]
    [InlineData("From:\\r\\n alice@ours.example (the chief)")]
    [InlineData("from : alice@ours.example, Sales <sales@ours.example>")]
    [InlineData("From: alice@ours.example\\r\\nSender: sales@ours.example")]
    [InlineData("From: alice@ours.example\\r\\nDate: 1\\r\\nDate: 2")]
    [InlineData("To: bob@ours.example\\r\\nX-From: president@elsewhere.example")]
    public async Task Its_own_addresses_are_taken(string header)
    {
        await SubmitAsync("alice", "alice@ours.example", header, "250 2.0.0 …");
        Assert.EndsWith(header.Replace("\\r\\n", "\r\n", StringComparison.Ordinal) + "\r\n\r\nhello\r\n", SentText(TheMessage()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: bob@ours.example")]
    [InlineData("From: nobody@ours.example")]
    [InlineData("From: president@elsewhere.example")]
    [InlineData("From: alice@ours.example <president@elsewhere.example>")]
    [InlineData("From: <alice@ours.example> <president@elsewhere.example>")]
    [InlineData("From: \"alice@ours.example\" <president@elsewhere.example>")]
    [InlineData("From: president@elsewhere.example (alice@ours.example)")]
    [InlineData("From: alice@ours.example, president@elsewhere.example")]
    [InlineData("From: board: alice@ours.example, president@elsewhere.example;")]
    [InlineData("From:\\r\\n\\tpresident\\r\\n @elsewhere.example")]
    [InlineData("FROM\\t: president@elsewhere.example")]
    [InlineData("From: alice@ours.example\\r\\nSender: president@elsewhere.example")]
    public async Task Another_address_is_refused_at_the_end_and_nothing_kept(string header)
    {
        await SubmitAsync("alice", "alice@ours.example", header, "550 5.7.1 … not owned by the authenticated account, use its own address, an alias of it, or have it granted");
        Assert.Empty(Intake.Messages);
        Assert.Equal(0, Blobs.Count);
    }

    [Theory]
    [InlineData("From: alice@ours.example\\r\\nFrom: alice@ours.example", "more than one From field")]
    [InlineData("From: alice@ours.example\\r\\nX: y\\r\\nfrom: president@elsewhere.example", "more than one From field")]
    [InlineData("From: alice@ours.example\\r\\nSender: alice@ours.example\\r\\nSender: alice@ours.example", "more than one Sender field")]
    [InlineData("From:", "holds no address")]
    [InlineData("From: Alice", "holds no address")]
    [InlineData("From: undisclosed:;", "holds no address")]
    [InlineData("From: alice@", "holds no address")]
    [InlineData("From: <@elsewhere.example:alice@ours.example>", "holds no address")]
    public async Task A_From_that_readers_would_read_differently_is_refused(string header, string reason)
    {
        await SubmitAsync("alice", "alice@ours.example", header, $"550 5.6.0 … {reason}…");
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public async Task A_granted_address_is_taken_in_envelope_and_header()
    {
        await SubmitAsync("bob", "team@partner.example", "From: Team <team@partner.example>\\r\\nSender: bob@ours.example", "250 2.0.0 …");
        Assert.Equal("team@partner.example", TheMessage().Envelope.ReversePath);
    }

    [Fact]
    public Task What_one_was_granted_another_was_not() =>
        SubmitAsync("alice", "alice@ours.example", "From: Team <team@partner.example>", "550 5.7.1 From address <team@partner.example> not owned …");

    [Fact]
    public Task The_session_goes_on_after_a_refusal() => RunAsync(Login("alice") + """
        C: MAIL FROM:<alice@ours.example>
        C: RCPT TO:<bob@ours.example>
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 354 …
        C: From: president@elsewhere.example
        C:
        C: MAIL FROM:<alice@ours.example>
        C: .
        S: 550 5.7.1 …
        C: MAIL FROM:<alice@ours.example>
        S: 250 2.1.0 …
        """, "submissions");

    [Fact]
    public async Task Switched_off_it_lets_all_pass()
    {
        Options = Options with { FromCheck = FromCheck.Off };
        await SubmitAsync("alice", "alice@ours.example", "From: president@elsewhere.example\\r\\nFrom: x", "250 2.0.0 …");
    }

    [Fact]
    public async Task Mail_from_outside_may_bear_any_From()
    {
        await RunAsync(Ehlo + """
            C: MAIL FROM:<friend@elsewhere.example>
            C: RCPT TO:<bob@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: From: list@elsewhere.example
            C: From: again@elsewhere.example
            C:
            C: hello
            C: .
            S: 250 2.0.0 …
            """);
        Assert.StartsWith("From: list@elsewhere.example\r\nFrom: again", SentText(TheMessage()), StringComparison.Ordinal);
    }

    private Task SubmitAsync(string user, string sender, string header, string reply) => RunAsync(Login(user) + $"""
        C: MAIL FROM:<{sender}>
        C: RCPT TO:<friend@elsewhere.example>
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 354 …
        C~ {header}\r\n\r\nhello\r\n.\r\n
        S: {reply}
        """, "submissions");

    private static string Login(string user) => EhloUnderTls + $"""
        C: AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}@ours.example\0{(user == "alice" ? "wonderland" : "builder")}"))}
        S: 235 2.7.0 …

        """;
}
