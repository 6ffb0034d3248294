using System.Net;
using MailMesh.Contracts;
using MailMesh.Ingress.Session;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>Every refusal ends with an id, and the id leads to what happened.</summary>
public sealed class RefusalTests(SmtpDirectory directory) : SmtpTest(directory)
{
    [Fact]
    public async Task In_a_transaction_it_has_the_id_that_the_message_gets()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            S: 250 2.1.0 …
            C: RCPT TO:<nobody@ours.example>
            S: 550 5.1.1 <nobody@ours.example>: no such user here (id {id})
            C: RCPT TO:alice
            S: 501 5.1.3 … (id {id})
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Sender already given (id {id})
            C: DATA
            S: 354 …
            C: .
            S: 250 2.0.0 Ok: queued as {id}
            """);
        var story = await StoryAsync(script.Captured["id"]);
        Assert.Equal(["RCPT", "command", "MAIL"], story.Where(line => line.Event == "refused").Select(line => line.Detail["stage"]));
        Assert.Equal("501 5.1.3 Bad recipient address syntax, <local-part@domain> is meant (RFC 5321 section 4.1.2)", story[1].Detail["reason"]);
    }

    [Fact]
    public async Task Of_the_message_itself_it_has_that_id_too()
    {
        Verdict = message => new MessageVerdict { MessageId = message.MessageId, Disposition = Disposition.Reject, ReplyText = "Spam" };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 …
            S: 250 …
            S: 354 …
            C: .
            S: 550 5.7.1 Spam (id {id})
            """);
        var story = await StoryAsync(script.Captured["id"]);
        Assert.Equal(["received", "refused"], story.Select(line => line.Event));
        Assert.Equal("DATA", story[1].Detail["stage"]);
    }

    [Fact]
    public async Task Of_a_sender_it_has_the_id_of_the_transaction_that_never_was()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example> SIZE=999999999999
            S: 552 5.3.4 … (id {first})
            C: MAIL FROM:<a@b.example> SIZE=999999999999
            S: 552 5.3.4 … (id {second})
            """);
        Assert.NotEqual(script.Captured["first"], script.Captured["second"]);
        Assert.Equal("a@b.example", Assert.Single(await StoryAsync(script.Captured["second"])).Detail["from"]);
    }

    [Fact]
    public async Task Outside_of_a_transaction_it_has_the_sessions_id()
    {
        await using var session = Connect("submissions");
        var script = new ProtocolScript(session);
        await script.RunAsync(EhloUnderTls + """
            C: AUTH PLAIN AGFsaWNlQG91cnMuZXhhbXBsZQB3cm9uZw==
            S: 535 5.7.8 … (id {id})
            C: MAIL FROM:<alice@ours.example>
            S: 530 5.7.0 … (id {id})
            """);
        var story = await StoryAsync(script.Captured["id"]);
        Assert.Equal(["AUTH", "MAIL"], story.Select(line => line.Detail["stage"]));
        Assert.All(story, line => Assert.Equal(("192.0.2.1", "client.example", "submissions"), (line.Detail["client"], line.Detail["helo"], line.Detail["listener"])));
        Assert.StartsWith("535 5.7.8", story[0].Detail["reason"], StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", string.Join(' ', story.SelectMany(line => line.Detail.Values)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_connection_it_has_an_id_whose_story_names_the_client()
    {
        Options = Options with { MaxConnectionsPerAddress = 1 };
        await using var first = Connect(remote: IPAddress.Parse("192.0.2.7"));
        await new ProtocolScript(first).RunAsync("S: 220 …");
        await using var second = Connect(remote: IPAddress.Parse("192.0.2.7"));
        var line = Assert.Single(await StoryAsync(SmtpRefusal.Id(await second.ReadLineAsync())));
        Assert.Equal(("connect", "192.0.2.7"), (line.Detail["stage"], line.Detail["client"]));
    }

    [Fact]
    public async Task A_flood_of_mistakes_is_told_in_a_few_lines()
    {
        Options = Options with { MaxInvalidCommands = 1000 };
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync("S: 220 …");
        var ids = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            await session.SendAsync("NONSENSE\r\n");
            ids.Add(SmtpRefusal.Id(await session.ReadLineAsync()));
        }
        Assert.Equal(10, (await StoryAsync(Assert.Single(ids))).Count);
    }

    [Fact]
    public void A_flood_of_sessions_is_told_up_to_a_rate()
    {
        var clock = new FakeTimeProvider();
        var budget = new StoryBudget();
        Assert.Equal(1000, Enumerable.Range(0, 5000).Count(_ => budget.TryTake(clock)));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, Enumerable.Range(0, 5000).Count(_ => budget.TryTake(clock)));
    }

    private async Task<IReadOnlyList<TrackingEvent>> StoryAsync(string id)
    {
        await Directory.Tracking.FlushAsync();
        return await Directory.Tracking.ReadAsync(id);
    }
}
