using System.Net;
using System.Text;
using MailMesh.Bans;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class AuthTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private static readonly string Alice = Base64("\0alice@ours.example\0wonderland");

    [Theory]
    [InlineData("\0alice@ours.example\0wonderland")]
    [InlineData("alice@ours.example\0ALICE@ours.example\0wonderland")]
    [InlineData("\0用户@ours.example\0密码")]
    public Task Plain_with_an_initial_response(string message) => RunAsync(EhloUnderTls + $"""
        C: AUTH PLAIN {Base64(message)}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    [Fact]
    public async Task Who_guesses_on_and_on_is_banned()
    {
        Bans = new BanOptions { Failures = 2 };
        var guesser = IPAddress.Parse("203.0.113.25");
        await using var session = Connect("submissions", guesser);
        await new ProtocolScript(session).RunAsync(EhloUnderTls + $"""
            C: AUTH PLAIN {Base64("\0alice@ours.example\0one")}
            S: 535 5.7.8 Authentication credentials invalid, check user name and password
            C: AUTH PLAIN {Base64("\0alice@ours.example\0two")}
            S: 535 5.7.8 Authentication credentials invalid, check user name and password
            C: AUTH PLAIN {Alice}
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
        await using var again = Connect("smtp", guesser);
        await new ProtocolScript(again).RunAsync("""
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
        await using var other = Connect("submissions", IPAddress.Parse("203.0.113.26"));
        await new ProtocolScript(other).RunAsync(EhloUnderTls + $"""
            C: AUTH PLAIN {Alice}
            S: 235 2.7.0 Authentication successful
            """);
    }

    [Fact]
    public Task Plain_after_a_challenge() => RunAsync(EhloUnderTls + $"""
        C: auth plain
        S/ ^334 $
        C: {Alice}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    [Fact]
    public Task Login() => RunAsync(EhloUnderTls + $"""
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: {Base64("alice@ours.example")}
        S: 334 UGFzc3dvcmQ6
        C: {Base64("wonderland")}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    [Fact]
    public Task Login_with_an_initial_response() => RunAsync(EhloUnderTls + $"""
        C: AUTH LOGIN {Base64("alice@ours.example")}
        S: 334 UGFzc3dvcmQ6
        C: {Base64("wonderland")}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    [Theory]
    [InlineData("AUTH", "501 5.5.4")]
    [InlineData("AUTH PLAIN a b", "501 5.5.4")]
    [InlineData("AUTH CRAM-MD5", "504 5.5.4")]
    [InlineData("AUTH PLAIN !!!", "501 5.5.2")]
    [InlineData("AUTH PLAIN =", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGFsaWNl", "501 5.5.2")]
    public Task Refuses(string line, string code) => RunAsync(EhloUnderTls + $"""
        C: {line}
        S: {code} …
        C: NOOP
        S: 250 2.0.0 Ok
        """, "submissions");

    [Fact]
    public Task Is_cancelled_by_an_asterisk() => RunAsync(EhloUnderTls + $"""
        C: AUTH PLAIN
        S/ ^334 $
        C: *
        S: 501 5.7.0 Authentication cancelled
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: *
        S: 501 5.7.0 Authentication cancelled
        C: AUTH PLAIN {Alice}
        S: 235 2.7.0 …
        """, "submissions");

    [Fact]
    public Task Happens_once_and_before_a_transaction() => RunAsync(EhloUnderTls + $"""
        C: AUTH PLAIN {Alice}
        S: 235 2.7.0 …
        C: AUTH PLAIN {Alice}
        S: 503 5.5.1 Already authenticated
        C: MAIL FROM:<alice@ours.example>
        S: 250 2.1.0 …
        C: AUTH PLAIN {Alice}
        S: 503 5.5.1 Not allowed during a mail transaction
        """, "submissions");

    [Fact]
    public Task Survives_another_ehlo() => RunAsync(EhloUnderTls + $"""
        C: AUTH PLAIN {Alice}
        S: 235 2.7.0 …
        C: HELO again.example
        S: 250 …
        C: MAIL FROM:<alice@ours.example>
        S: 250 2.1.0 …
        """, "submissions");

    [Fact]
    public Task Nobody_acts_for_another() => RunAsync(EhloUnderTls + $"""
        C: AUTH PLAIN {Base64("bob@ours.example\0alice@ours.example\0wonderland")}
        S: 535 5.7.8 Authentication credentials invalid, check user name and password
        """, "submissions");

    [Fact]
    public async Task Failures_are_slowed_down_and_counted()
    {
        Options = Options with { AuthFailureDelay = TimeSpan.FromMilliseconds(50) };
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await RunAsync(EhloUnderTls + $"""
            C: AUTH PLAIN {Base64("\0alice@ours.example\0wrong")}
            S: 535 5.7.8 Authentication credentials invalid, check user name and password
            C: AUTH PLAIN {Base64("\0nobody@ours.example\0wonderland")}
            S: 535 5.7.8 Authentication credentials invalid, check user name and password
            C: AUTH LOGIN {Base64("nobody@elsewhere.example")}
            S: 334 UGFzc3dvcmQ6
            C: {Base64("x")}
            S: 421 4.7.0 Too many authentication failures, closing connection: check user name and password
            END
            """, "submissions");
        Assert.True(watch.Elapsed > TimeSpan.FromMilliseconds(50 + 100 + 200));
    }

    [Fact]
    public Task Is_not_there_on_the_mx_port() => RunAsync(Ehlo + $"""
        C: AUTH PLAIN {Alice}
        S: 502 5.5.1 Authentication is not offered here, use the submission port
        """);

    [Fact]
    public async Task A_line_that_is_too_long_is_refused()
    {
        await using var session = Connect("submissions");
        var script = new ProtocolScript(session);
        await script.RunAsync(EhloUnderTls + """
            C: AUTH PLAIN
            S/ ^334 $
            """);
        await session.SendAsync(new string('A', 20_000) + "\r\n");
        await script.RunAsync("""
            S: 500 5.5.6 Authentication exchange line is too long
            C: NOOP
            S: 250 2.0.0 Ok
            """);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
