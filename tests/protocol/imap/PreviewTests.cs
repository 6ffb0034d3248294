using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 8970: the beginning of a message's text.</summary>
[Collection(ImapCollection.Name)]
public sealed class PreviewTests(ImapWorld world)
{
    [Fact]
    public async Task Previews_are_text_without_markup()
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, "Subject: x\r\n\r\n  Hello,\r\n\r\n\tworld \"quoted\"\r\n");
        await world.AddMessageAsync(user, "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>t</title><style>p { x }</style></head><body><p>Gr&uuml;&szlig;e</p>1 &lt; 2<br>end</body></html>");
        await world.AddMessageAsync(user, "Content-Type: application/pdf\r\n\r\nnothing to read");
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($$"""
            S: * OK …
            C: login LOGIN {{user}} "{{ImapWorld.Password}}"
            S: login OK …
            C: s EXAMINE INBOX
            S> s OK …
            C: a FETCH 1:3 (PREVIEW (LAZY) UID)
            S: * 1 FETCH (PREVIEW "Hello, world \"quoted\"" UID 1)
            S: * 2 FETCH (PREVIEW {17}
            S: Grüße 1 < 2 end UID 2)
            S: * 3 FETCH (PREVIEW "" UID 3)
            S: a OK …
            C: b FETCH 1 PREVIEW
            S: * 1 FETCH (PREVIEW "Hello, world \"quoted\"")
            S: b OK …
            C: c FETCH 1 PREVIEW (FUZZY)
            S: c BAD …
            C: d FETCH 1 PREVIEW (LAZY)
            S: * 1 FETCH (PREVIEW "Hello, world \"quoted\"")
            S: d OK …
            """);
    }

    /// <summary>A text that begins past what is looked at when the message comes is read when somebody asks, and then kept.</summary>
    [Fact]
    public async Task A_late_text_is_read_when_somebody_asks()
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, $"X-Long: {new string('x', 50_000)}\r\n\r\nlate\r\n");
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($"""
            S: * OK …
            C: login LOGIN {user} "{ImapWorld.Password}"
            S: login OK …
            C: s SELECT INBOX
            S> s OK …
            C: a FETCH 1 PREVIEW (LAZY)
            S: * 1 FETCH (PREVIEW NIL)
            S: a OK …
            C: b FETCH 1 PREVIEW
            S: * 1 FETCH (PREVIEW "late")
            S: b OK …
            C: c FETCH 1 (PREVIEW (LAZY) FLAGS)
            S: * 1 FETCH (PREVIEW "late" FLAGS (\Recent))
            S: c OK …
            """);
    }
}
