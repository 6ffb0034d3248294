using MailMesh.Contracts;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

[Collection(ImapCollection.Name)]
public sealed class FirstReadTests(ImapWorld world)
{
    [Theory]
    [InlineData("FETCH 1 BODY[TEXT]", true)]
    [InlineData("STORE 1 +FLAGS.SILENT (\\Seen)", true)]
    [InlineData("FETCH 1 BODY.PEEK[TEXT]", false)]
    [InlineData("STORE 1 +FLAGS.SILENT (\\Flagged)", false)]
    public async Task The_story_of_a_delivered_message_tells_when_it_was_read(string command, bool isRead)
    {
        var user = await world.NewAccountAsync();
        var id = await world.DeliverAsync(user, "Subject: hi\r\n\r\n");
        await using var session = world.Connect();
        await session.SendAsync($"a LOGIN {user} \"{ImapWorld.Password}\"\r\nb SELECT INBOX\r\nc {command}\r\nd {command}\r\ne LOGOUT\r\n");
        await session.Server;
        await world.Tracking.FlushAsync();
        var story = await world.Tracking.ReadAsync(id);
        Assert.Equal(isRead ? 1 : 0, story.Count(line => line is { Service: "access", Event: "read" } && line.Recipient == user));
    }
}
