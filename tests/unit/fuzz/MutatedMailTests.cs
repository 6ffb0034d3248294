using System.IO.Pipelines;
using System.Net;
using System.Text;
using MailMesh.Access.Imap;
using MailMesh.Mime;
using MailMesh.Unit.Tests.Mime;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Fuzz;

/// <summary>Real mail, damaged at random from a fixed seed: still a message, with replies in IMAP's grammar and parts that can be cut.</summary>
public class MutatedMailTests
{
    private const int MutationsOfEach = 25;

    private static readonly string[] Tokens =
    [
        "\r\n", "\r\n\r\n", "\n", "\r", "\0", "--", "\r\n--", "--\r\n", "boundary=", "\"", "\\", "(", ")", "<", ">", ",", ";", ":", "@", "=?utf-8?B?", "?=", "\e$B", "\xFF", "\xE3\x81",
        "Content-Type: message/rfc822\r\n", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n", "Content-Type: text/\x80\"x\\\r\n", "To: g:a@b,;\r\n", "Content-Disposition: \xC3\xA9; a=\"\x80\"\r\n",
        "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: \xFF\r\n", "Content-Language: a, b\r\n",
    ];

    [Fact]
    public async Task Damaged_mail_is_still_a_message()
    {
        var random = new Random(20261125);
        var messages = CorpusTests.Messages();
        foreach (var message in messages)
        {
            await CheckAsync(message);
            for (var i = 0; i < MutationsOfEach; i++)
                await CheckAsync(Mutate(message, messages[random.Next(messages.Count)], random));
        }
    }

    private static byte[] Mutate(byte[] message, byte[] other, Random random)
    {
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            var at = random.Next(message.Length + 1);
            var length = Math.Min(random.Next(1, 200), message.Length - at);
            var from = random.Next(other.Length + 1);
            message = random.Next(5) switch
            {
                0 => [.. message[..at], .. message[(at + length)..]],
                1 => [.. message[..at], .. Encoding.Latin1.GetBytes(Tokens[random.Next(Tokens.Length)]), .. message[at..]],
                2 => [.. message[..(at + length)], .. message[at..]],
                3 => [.. message[..at], .. other[from..Math.Min(other.Length, from + 500)], .. message[at..]],
                _ => [.. message[..at], (byte)random.Next(256), .. message[Math.Min(message.Length, at + 1)..]],
            };
        }
        return message;
    }

    private static async Task CheckAsync(byte[] message)
    {
        var index = MessageIndex.Read(new MemoryStream(message));
        GeneratedMessageTests.AssertNested(index.Root, 0, message.Length);
        Assert.Equal(index.EncodeStructure(), (index with { Root = MessageIndex.DecodeStructure(index.EncodeStructure()) }).EncodeStructure());
        new ImapReplyGrammar(await ReplyAsync(writer => EnvelopeReply.Write(writer, index.Envelope))).ExpectEnvelope();
        new ImapReplyGrammar(await ReplyAsync(writer => BodyStructureReply.Write(writer, index.Root, extended: true))).ExpectBody();
        new ImapReplyGrammar(await ReplyAsync(writer => BodyStructureReply.Write(writer, index.Root, extended: false))).ExpectBody();
        Assert.False(MessageText.TextContains(new MemoryStream(message), index.Root, "nobody wrote this text"));
        AssertSections(index.Root, index.Root, index.Root.IsMultipart ? [] : [1]);
    }

    /// <summary>Every part number leads to its part's octets, and MIME and body of a part lie side by side.</summary>
    private static void AssertSections(BodyPart part, BodyPart root, int[] path)
    {
        for (var i = 0; part.IsMultipart && i < part.Parts.Count; i++)
            AssertSections(part.Parts[i], root, [.. path, i + 1]);
        if (part.IsMessage)
            AssertSections(part.Parts[0], root, part.Parts[0].IsMultipart ? path : [.. path, 1]);
        if (part.IsMultipart)
            return;
        var body = SectionRange.Of(new BodySection(path, SectionText.All, []), root);
        var mime = SectionRange.Of(new BodySection(path, SectionText.Mime, []), root);
        Assert.Equal(new SectionRange(part.BodyOffset, part.EndOffset), body);
        Assert.Equal(new SectionRange(part.HeaderOffset, part.BodyOffset), mime);
    }

    private static async Task<string> ReplyAsync(Action<ImapWriter> write)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var deadlines = new ConnectionDeadlines(TimeProvider.System);
        var nowhere = new IPEndPoint(IPAddress.Loopback, 0);
        await using (var connection = new WireConnection(new Transport(new Pipe().Reader, pipe.Writer), nowhere, nowhere, deadlines))
        {
            write(new ImapWriter(connection, TimeSpan.FromMinutes(1)));
            await connection.FlushAsync(TimeSpan.FromMinutes(1));
        }
        var read = await pipe.Reader.ReadAtLeastAsync(int.MaxValue);
        return Encoding.Latin1.GetString(read.Buffer);
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
