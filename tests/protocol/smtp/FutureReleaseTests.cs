using System.Text;
using MailMesh.Scheduled;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RFC 4865: mail that waits for its moment.</summary>
public sealed class FutureReleaseTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private static readonly string Authenticated = EhloUnderTls + $"""
        C: AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@ours.example\0wonderland"))}
        S: 235 2.7.0 …

        """;

    private static readonly string Message = """
        S: 250 2.1.0 …
        C: RCPT TO:<bob@ours.example>
        S: 250 2.1.5 …
        C: DATA
        S: 354 …
        C: Subject: =?utf-8?q?Happy_birthday=2C_B=C3=B6b?=
        C:
        C: hello
        C: .

        """;

    [Fact]
    public async Task A_held_message_is_durable_named_in_the_list_and_not_on_its_way()
    {
        await RunAsync(Authenticated + "C: MAIL FROM:<alice@ours.example> HOLDFOR=3600\n" + Message + "S: 250 2.0.0 Ok: queued as …, to be sent at …Z…", "submissions");
        Assert.Empty(Intake.Messages);
        var held = Assert.Single(await HeldAsync(), one => one.Subject == "Happy birthday, Böb");
        Assert.Equal(("alice@ours.example", "alice@ours.example", "bob@ours.example"), (held.Account, held.ReversePath, held.Recipients));
        Assert.InRange(held.ReleaseAt - held.HeldAt, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        Assert.True(await Directory.Scheduled.CancelAsync(held.MessageId, null, "the test"));
    }

    [Fact]
    public async Task Until_takes_a_moment_with_any_offset()
    {
        var until = DateTimeOffset.UtcNow.AddDays(2).ToOffset(TimeSpan.FromHours(9));
        await RunAsync(Authenticated + $"C: MAIL FROM:<alice@ours.example> HOLDUNTIL={until:yyyy-MM-dd'T'HH:mm:sszzz}\n" + Message + "S: 250 2.0.0 …", "submissions");
        var held = Assert.Single(await HeldAsync(), one => one.ReleaseAt.ToUnixTimeSeconds() == until.ToUnixTimeSeconds());
        Assert.True(await Directory.Scheduled.CancelAsync(held.MessageId, null, "the test"));
    }

    [Theory]
    [InlineData("HOLDFOR")]
    [InlineData("HOLDFOR=0")]
    [InlineData("HOLDFOR=-1")]
    [InlineData("HOLDFOR=1000000000")]
    [InlineData("HOLDFOR=7948801")]
    [InlineData("HOLDFOR=60 HOLDUNTIL=2126-01-01T00:00:00Z")]
    [InlineData("HOLDUNTIL=2001-01-01T00:00:00Z")]
    [InlineData("HOLDUNTIL=2126-01-01T00:00:00Z")]
    [InlineData("HOLDUNTIL=2026-13-01T00:00:00Z")]
    [InlineData("HOLDUNTIL=2026-12-24T18:00:00")]
    [InlineData("HOLDUNTIL=tomorrow")]
    public Task Refuses_what_is_no_moment_within_the_announced_bounds(string parameters) => RunAsync(Authenticated + $"""
        C: MAIL FROM:<alice@ours.example> {parameters}
        S: 501 5.5.4 …
        C: RCPT TO:<bob@ours.example>
        S: 503 5.5.1 …
        """, "submissions");

    [Fact]
    public Task Is_for_users_alone() => RunAsync(Ehlo + """
        C: MAIL FROM:<stranger@elsewhere.example> HOLDFOR=60
        S: 555 5.5.4 …
        """);

    [Fact]
    public async Task An_account_holds_a_bounded_number()
    {
        Options = Options with { MaxHeldMessages = 1 };
        await RunAsync(Authenticated + "C: MAIL FROM:<alice@ours.example> HOLDFOR=3600\n" + Message + """
            S: 250 2.0.0 …
            C: MAIL FROM:<alice@ours.example> HOLDFOR=3600
            S: 452 4.2.2 …
            C: MAIL FROM:<alice@ours.example>
            S: 250 2.1.0 …
            """, "submissions");
        Assert.True(await Directory.Scheduled.CancelAsync(Assert.Single(await HeldAsync()).MessageId, null, "the test"));
    }

    private Task<List<ScheduledMessage>> HeldAsync() => Directory.Scheduled.ListAsync(null, "", 100);
}
