using MailMesh.Access.Imap;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 9698 JMAPACCESS: a JMAP service of the operator's that shows the same mail.</summary>
[Collection(ImapCollection.Name)]
public sealed class JmapAccessTests(ImapWorld world)
{
    private static readonly ImapOptions WithJmap = new() { JmapUrl = "https://jmap.example.test/.well-known/jmap?x=1" };

    /// <summary>§3: the capability says that the client's own credentials will do there too, so it waits for them.</summary>
    [Fact]
    public async Task Who_has_logged_in_hears_where_it_is()
    {
        await using var session = world.Connect(world.Server(WithJmap));
        var script = new ProtocolScript(session);
        script.Captured["user"] = await world.NewAccountAsync();
        await script.RunAsync("""
            S/ ^\* OK \[CAPABILITY (?!.*JMAPACCESS).*\bOBJECTID\b
            C: a CAPABILITY
            S/ ^\* CAPABILITY (?!.*JMAPACCESS)
            S: a OK …
            C: b GETJMAPACCESS
            S: b BAD …
            C: c LOGIN {user} "wrong"
            S/ ^c NO (?!.*JMAPACCESS)
            C: d LOGIN {user} "correct horse"
            S/ ^d OK \[CAPABILITY .*\bOBJECTID\b.* JMAPACCESS\b
            C: e GETJMAPACCESS
            S: * JMAPACCESS "https://jmap.example.test/.well-known/jmap?x=1"
            S: e OK …
            C: f SELECT INBOX
            S> f OK …
            C: g CAPABILITY
            S/ ^\* CAPABILITY .* JMAPACCESS\b
            S: g OK …
            C: h getjmapaccess
            S: * JMAPACCESS "https://jmap.example.test/.well-known/jmap?x=1"
            S: h OK …
            C: i GETJMAPACCESS now
            S: i BAD …
            # The next user's credentials are others.
            C: j UNAUTHENTICATE
            S: j OK …
            C: k CAPABILITY
            S/ ^\* CAPABILITY (?!.*JMAPACCESS)
            S: k OK …
            C: l GETJMAPACCESS
            S: l BAD …
            """);
    }

    [Fact]
    public async Task A_login_by_SASL_is_told_too()
    {
        await using var session = world.Connect(world.Server(WithJmap));
        var script = new ProtocolScript(session);
        var response = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"\0{await world.NewAccountAsync()}\0{ImapWorld.Password}"));
        await script.RunAsync($"""
            S: * OK …
            C: a AUTHENTICATE PLAIN {response}
            S/ ^a OK \[CAPABILITY .* JMAPACCESS\b
            """);
    }

    /// <summary>§4: BAD where no such service is known.</summary>
    [Fact]
    public async Task Without_such_a_service_the_command_is_not_there()
    {
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        script.Captured["user"] = await world.NewAccountAsync();
        await script.RunAsync("""
            S/ ^\* OK \[CAPABILITY (?!.*JMAPACCESS)
            C: a GETJMAPACCESS
            S: a BAD …
            C: b LOGIN {user} "correct horse"
            S/ ^b OK \[CAPABILITY (?!.*JMAPACCESS)
            C: c GETJMAPACCESS
            S: c BAD Unknown command
            C: d SELECT INBOX
            S> d OK …
            C: e GETJMAPACCESS
            S: e BAD Unknown command
            C: f CAPABILITY
            S/ ^\* CAPABILITY (?!.*JMAPACCESS)
            S: f OK …
            """);
    }
}
