using System.Text;
using CsCheck;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>However octets arrive, and whatever they are.</summary>
[Collection(ImapCollection.Name)]
public sealed class InputTests(ImapWorld world)
{
    [Fact]
    public async Task How_the_input_is_cut_changes_nothing()
    {
        var user = await world.NewAccountAsync();
        await world.AddMessageAsync(user, "Subject: hi\r\n\r\nbody\r\n");
        var dialogue = Encoding.UTF8.GetBytes(
            $"a LOGIN {{{user.Length}+}}\r\n{user} \"{ImapWorld.Password}\"\r\nb EXAMINE INBOX\r\nc SEARCH SUBJECT {{2+}}\r\nhi BODY {{4+}}\r\nbody\r\n"
            + "d FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (subject)] ENVELOPE)\r\ne XYZZY {3+}\r\na\r\n\r\nf APPEND nowhere {4+}\r\n\r\n{}\r\ng IDLE\r\nDONE\r\nh LOGOUT\r\n");
        var whole = await PlayAsync(dialogue, []);
        Assert.Contains("h OK", whole, StringComparison.Ordinal);
        Gen.Int[1, dialogue.Length - 1].HashSet[1, 20].Sample(
            cuts => Assert.Equal(whole, PlayAsync(dialogue, cuts).GetAwaiter().GetResult()),
            iter: 20,
            threads: 1);
    }

    [Fact]
    public async Task Octet_by_octet_changes_nothing()
    {
        var dialogue = Encoding.ASCII.GetBytes("a CAPABILITY\r\nb LOGIN {1+}\r\nx {1+}\r\ny\r\nc LOGOUT\r\n");
        Assert.Equal(await PlayAsync(dialogue, []), await PlayAsync(dialogue, Enumerable.Range(1, dialogue.Length - 1)));
    }

    [Fact]
    public void Noise_ends_the_session_or_is_answered() =>
        Gen.OneOf(
                Gen.Byte.Array[1, 300],
                Gen.String[Gen.Char["a {}+\r\n()\"\\*%0123456789FETCHSTORELOGINBODYUID[]<>."], 1, 300].Select(Encoding.ASCII.GetBytes))
            .Sample(octets => PlayNoiseAsync(octets).GetAwaiter().GetResult(), iter: 150, threads: 1);

    private async Task PlayNoiseAsync(byte[] noise)
    {
        await using var session = world.Connect();
        await session.SendAsync(noise);
        await session.CloseAsync();
        // Fails here with whatever the session failed with, but for the client's going away.
        await session.Server.WaitAsync(TimeSpan.FromSeconds(20));
        while (await session.ReadLineAsync() is not null)
        {
        }
    }

    private async Task<string> PlayAsync(byte[] dialogue, IEnumerable<int> cuts)
    {
        await using var session = world.Connect();
        var replies = new StringBuilder();
        var from = 0;
        foreach (var cut in cuts.Order().Append(dialogue.Length))
        {
            await session.SendAsync(dialogue.AsMemory(from, cut - from));
            from = cut;
        }
        while (await session.ReadLineAsync() is { } line)
            replies.Append(line).Append('\n');
        return replies.ToString();
    }
}
