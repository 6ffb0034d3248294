using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 9585 INPROGRESS.</summary>
[Collection(ImapCollection.Name)]
public sealed class ProgressTests(ImapWorld world)
{
    /// <summary>On a clock that moves on six seconds whenever it is looked at, each message takes six, and telling takes six as well.</summary>
    [Fact]
    public async Task A_client_that_waits_hears_how_far_it_is()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var user = await world.NewAccountAsync();
        for (var i = 1; i <= 4; i++)
            await world.AddMessageAsync(user, $"Subject: m{i}\r\n\r\nbody {i}\r\n");
        var script = new ProtocolScript(world.Connect(world.Server(clock: clock)));
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: s EXAMINE INBOX
            S> s OK …
            C: a SEARCH BODY "body 3"
            S: * SEARCH 3
            S: a OK …
            """);
        clock.AutoAdvanceAmount = TimeSpan.FromSeconds(6);
        await script.RunAsync("""
            C: b SEARCH BODY "body 3"
            S: * OK [INPROGRESS ("b" 1 4)] …
            S: * OK [INPROGRESS ("b" 3 4)] …
            S: * SEARCH 3
            S: b OK …
            C: c SORT (SUBJECT) UTF-8 BODY "body"
            S: * OK [INPROGRESS ("c" 1 4)] …
            S: * OK [INPROGRESS ("c" 3 4)] …
            S: * SORT 1 2 3 4
            S: c OK …
            C: d SEARCH ALL
            S: * SEARCH 1 2 3 4
            S: d OK …
            """);
        clock.AutoAdvanceAmount = TimeSpan.FromSeconds(11);
        await script.RunAsync("""
            C: e THREAD REFS UTF-8 ALL
            S: * OK [INPROGRESS ("e" NIL NIL)] …
            S: * THREAD (1)(2)(3)(4)
            S: e OK …
            """);
    }
}
