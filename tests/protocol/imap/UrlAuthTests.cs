using MailMesh.Access.Imap;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 4467 URLAUTH, with RFC 5524 and RFC 5550 URL-PARTIAL.</summary>
[Collection(ImapCollection.Name)]
public sealed class UrlAuthTests(ImapWorld world)
{
    private const string Message =
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8NCg==\r\n--b\r\nContent-Transfer-Encoding: x-own\r\n\r\nwhat\r\n--b--\r\n";

    [Fact]
    public Task Urls_are_made_fetched_and_revoked() => PlayAsync("""
        C1: a GENURLAUTH "imap://{alice}@mail.example.test/INBOX/;UID=1/;SECTION=1;URLAUTH=user+{bob}" INTERNAL
        S1: * GENURLAUTH "{url}"
        S1: a OK …
        C2: b URLFETCH "{url}"
        S2: * URLFETCH "{url}" {12}
        S2: aGVsbG8NCg==
        S2: b OK …
        C2: c URLFETCH ("{url}" BINARY BODYPARTSTRUCTURE)
        S2: * URLFETCH "{url}" (BODYPARTSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 7 1 NIL NIL NIL NIL)) (BINARY {7}
        S2: hello
        S2: )
        S2: c OK …
        C2: d URLFETCH ("{url}" BODYPARTSTRUCTURE) ("{url}" BODY) ("{url}")
        S2: * URLFETCH "{url}" (BODYPARTSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "BASE64" 12 0 NIL NIL NIL NIL))
        S2: * URLFETCH "{url}" (BODY {12}
        S2: aGVsbG8NCg==)
        S2: * URLFETCH "{url}" (BODY {12}
        S2: aGVsbG8NCg==)
        S2: d OK …
        # It is bob's to fetch, not its owner's.
        C1: e URLFETCH "{url}"
        S1: * URLFETCH "{url}" NIL
        S1: e OK …
        C2: f URLFETCH "{url}0"
        S2: * URLFETCH "{url}0" NIL
        S2: f OK …
        C1: g RESETKEY INBOX
        S1: g OK [URLMECH INTERNAL] …
        C2: h URLFETCH "{url}"
        S2: * URLFETCH "{url}" NIL
        S2: h OK …
        C1: i GENURLAUTH "imap://{alice}@mail.example.test/INBOX/;UID=1/;SECTION=1/;PARTIAL=2.3;URLAUTH=authuser" INTERNAL "imap://{alice}@mail.example.test/INBOX/;UID=1/;SECTION=2;EXPIRE=2199-01-01T00:00:00Z;URLAUTH=anonymous" INTERNAL
        S1: * GENURLAUTH "{partial}" "{unknown}"
        S1: i OK …
        C2: j URLFETCH "{partial}" ("{unknown}" BINARY)
        S2: * URLFETCH "{partial}" {3}
        S2: Vsb
        S2: * URLFETCH "{unknown}" (BINARY NIL)
        S2: j OK …
        C1: k RESETKEY
        S1: k OK …
        C2: l URLFETCH "{partial}"
        S2: * URLFETCH "{partial}" NIL
        S2: l OK …
        """);

    [Theory]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1;URLAUTH=user+", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1;URLAUTH=everybody", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL:00", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1;EXPIRE=tomorrow;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("imap://{bob}@mail.example.test/INBOX/;UID=1;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("imap://mail.example.test/INBOX/;UID=1;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/Nowhere/;UID=1;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("/INBOX/;UID=1;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("imap://{alice}@otherhost/INBOX/;UID=1;URLAUTH=anonymous", "INTERNAL")]
    [InlineData("imap://{alice}@mail.example.test/INBOX/;UID=1;URLAUTH=anonymous", "XSAMPLE", "NO")]
    public Task What_cannot_be_authorized(string url, string mechanism, string status = "BAD") => PlayAsync($"""
        C1: a GENURLAUTH "{url}" {mechanism}
        S1: a {status} …
        """);

    /// <summary>The token is right, the server it names is another.</summary>
    [Fact]
    public Task A_url_of_another_server_leads_to_nothing() => PlayAsync("""
        C1: a GENURLAUTH "imap://{alice}@mail.example.test/INBOX/;UID=1/;SECTION=1;URLAUTH=authuser" INTERNAL
        S1: * GENURLAUTH "{scheme}mail.example.test{rest}"
        S1: a OK …
        C2: b URLFETCH "{scheme}imap.example.org{rest}"
        S2: * URLFETCH "{scheme}imap.example.org{rest}" NIL
        S2: b OK …
        C1: c RESETKEY INBOX XSAMPLE
        S1: c NO …
        C2: d URLFETCH "{scheme}mail.example.test{rest}"
        S2: * URLFETCH "{scheme}mail.example.test{rest}" {12}
        S2: aGVsbG8NCg==
        S2: d OK …
        C1: e RESETKEY INBOX INTERNAL
        S1: e OK [URLMECH INTERNAL] …
        """);

    [Fact]
    public Task A_url_ends_with_its_time_and_submit_is_for_submission_servers() => PlayAsync("""
        C1: a GENURLAUTH "imap://{alice}@mail.example.test/INBOX/;UID=1;EXPIRE=2001-01-01T00:00:00Z;URLAUTH=anonymous" INTERNAL
        S1: * GENURLAUTH "{expired}"
        S1: a OK …
        C1: b GENURLAUTH "imap://{alice}@mail.example.test/INBOX/;UID=1/;SECTION=1;URLAUTH=submit+{alice}" INTERNAL
        S1: * GENURLAUTH "{submit}"
        S1: b OK …
        C2: c URLFETCH "{expired}" "{submit}"
        S2: * URLFETCH "{expired}" NIL
        S2: * URLFETCH "{submit}" {12}
        S2: aGVsbG8NCg==
        S2: c OK …
        C1: d URLFETCH "{submit}"
        S1: * URLFETCH "{submit}" NIL
        S1: d OK …
        C1: e URLFETCH
        S1: e BAD …
        C1: f URLFETCH ("{submit}" BODY BINARY)
        S1: f BAD …
        C1: g GENURLAUTH "{submit}"
        S1: g BAD …
        C1: h RESETKEY Nowhere
        S1: h NO [NONEXISTENT] …
        """);

    /// <summary>Alice has the message in her INBOX; bob is also the submission server.</summary>
    private async Task PlayAsync(string transcript)
    {
        var (alice, bob) = (await world.NewAccountAsync(), await world.NewAccountAsync());
        await world.AddMessageAsync(alice, Message);
        var server = world.Server(new ImapOptions { UrlSubmitters = [bob] });
        await using var first = world.Connect(server);
        await using var second = world.Connect(server);
        var script = new ProtocolScript(first, second);
        await script.RunAsync($"""
            S1: * OK …
            C1: login LOGIN {alice} "{ImapWorld.Password}"
            S1: login OK …
            S2: * OK …
            C2: login LOGIN {bob} "{ImapWorld.Password}"
            S2: login OK …
            """);
        await script.RunAsync(transcript.Replace("{alice}", alice, StringComparison.Ordinal).Replace("{bob}", bob, StringComparison.Ordinal));
    }
}
