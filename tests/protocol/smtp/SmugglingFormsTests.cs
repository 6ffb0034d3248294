using System.Globalization;
using System.Text;
using CsCheck;
using MailMesh.Ingress;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>
/// Every form that some server takes for the end of a message, cut between two packets at every place, with commands behind it: exactly
/// one message or one refusal comes of it, and no command is ever taken out of the text.
/// </summary>
public sealed class SmugglingFormsTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Start = "Subject: first\r\n\r\nbody";
    private const string Hidden = "MAIL FROM:<admin@ours.example>\r\nRCPT TO:<bob@ours.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nboo\r\n";
    private const string Envelope = "MAIL FROM:<a@b.example>\r\nRCPT TO:<alice@ours.example>\r\n";
    private const string BinaryEnvelope = "MAIL FROM:<a@b.example> BODY=BINARYMIME\r\nRCPT TO:<alice@ours.example>\r\n";

    private static readonly string[] LineEnds = ["", "\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\n\n", "\0", "\0\r\n", "\r\n\0", "\r\0\n"];

    /// <summary>What stands around a dot.</summary>
    private static IEnumerable<string> Forms => from before in LineEnds from after in LineEnds select $"{before}.{after}";

    [Fact]
    public async Task By_DATA_one_message_or_one_refusal_comes_of_each()
    {
        await using var session = await GreetAsync();
        foreach (var form in Forms)
        {
            var text = $"{Start}{form}{Hidden}";
            if (text.Contains("\r\n.\r\n", StringComparison.Ordinal))
                continue; // the end: what follows are commands, and meant to be
            for (var cut = Start.Length - 1; cut <= Start.Length + form.Length + 1; cut++)
            {
                var before = Intake.Messages.Count;
                await SendAsync(session, Envelope + "DATA\r\n");
                Assert.Equal("250 250 354", string.Join(' ', await CodesAsync(session, 3)));
                await SendAsync(session, text[..cut]);
                await SendAsync(session, text[cut..] + ".\r\nNOOP\r\n");
                Check($"DATA {Escaped(form)} cut at {cut}", IsLines(text), await CodesAsync(session, 2), before);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_BDAT_one_message_or_one_refusal_comes_of_each(bool binary)
    {
        await using var session = await GreetAsync();
        foreach (var form in Forms)
        {
            var text = $"{Start}{form}{Hidden}.\r\n";
            for (var cut = Start.Length - 1; cut <= Start.Length + form.Length + 1; cut++)
            {
                var before = Intake.Messages.Count;
                var line = $"BDAT {text.Length} LAST\r\n";
                await SendAsync(session, (binary ? BinaryEnvelope : Envelope) + line + text[..cut]);
                await SendAsync(session, text[cut..] + "NOOP\r\n");
                var codes = await CodesAsync(session, 4);
                Assert.Equal("250 250", string.Join(' ', codes[..2]));
                Check($"BDAT {Escaped(form)} cut at {cut}", binary || IsLines(text), codes[2..], before);
            }
        }
    }

    [Fact]
    public async Task Cut_into_chunks_it_is_the_same()
    {
        await using var session = await GreetAsync();
        foreach (var form in Forms)
        {
            var text = $"{Start}{form}{Hidden}.\r\n";
            for (var cut = Start.Length - 1; cut <= Start.Length + form.Length + 1; cut++)
            {
                var before = Intake.Messages.Count;
                await SendAsync(session, $"{Envelope}BDAT {cut}\r\n{text[..cut]}BDAT {text.Length - cut} LAST\r\n{text[cut..]}NOOP\r\n");
                var codes = await CodesAsync(session, 5);
                Check($"chunks {Escaped(form)} cut at {cut}", IsLines(text), codes[3..], before);
            }
        }
    }

    /// <summary>DATA and BDAT after each other, good and bad, pipelined without waiting: the replies and messages are the same in whatever packets they come.</summary>
    [Fact]
    public async Task A_conversation_is_understood_the_same_in_any_packets()
    {
        var octets = Gen.OneOf("\r\n", "\r\n.", ".\r\n", "\n", "\r", "\0", ".", "x", "QUIT\r\n", "RSET\r\n", "BDAT 5 LAST\r\n", "MAIL FROM:<a@b.example>\r\n");
        var text = Gen.Frequency((3, Gen.OneOf("x\r\n", "QUIT\r\n", ".\r\n", "\r\n", "BDAT 9\r\n").Array[0, 5]), (2, octets.Array[0, 8])).Select(string.Concat);
        var message = Gen.Select(text, Gen.Int[0, 2], Gen.Int[0, 40]).Select((content, way, cut) => new Sent(content, way, cut));
        await Gen.Select(message.Array[1, 6], Gen.Int[1, 40].Array[1, 20]).SampleAsync(async (messages, packets) =>
        {
            await using var session = await GreetAsync();
            var before = Intake.Messages.Count;
            var wire = string.Concat(messages.Select(sent => sent.Wire)) + "QUIT\r\n";
            var (at, turn) = (0, 0);
            while (at < wire.Length)
            {
                var packet = wire.Substring(at, Math.Min(packets[turn++ % packets.Length], wire.Length - at));
                await SendAsync(session, packet);
                at += packet.Length;
            }
            int[] expected = [.. messages.SelectMany(sent => sent.Codes), 221];
            Assert.Equal(expected, await CodesAsync(session, expected.Length));
            Assert.Null(await session.ReadLineAsync());
            Assert.Equal(messages.Count(sent => sent.IsLines), Intake.Messages.Count - before);
        }, iter: 300, threads: 1);
    }

    private static bool IsLines(string text)
    {
        var bare = text.Replace("\r\n", "", StringComparison.Ordinal);
        return !bare.Contains('\r', StringComparison.Ordinal) && !bare.Contains('\n', StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal);
    }

    private static string Escaped(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    /// <summary>The final reply and that to NOOP, and as many messages as the first says.</summary>
    private void Check(string what, bool isLines, int[] codes, int before)
    {
        var taken = Intake.Messages.Count - before;
        Assert.True(codes.SequenceEqual(isLines ? [250, 250] : [554, 250]) && taken == (isLines ? 1 : 0), $"{what}: {string.Join(' ', codes)}, {taken} messages");
    }

    private async Task<ScriptedSession> GreetAsync()
    {
        var server = Server;
        var session = ScriptedSession.Start((connection, stopping) => server.ServeAsync(connection, SmtpListener.Smtp, stopping), packets: true);
        await CodesAsync(session, 1);
        await SendAsync(session, "EHLO client.example\r\n");
        await CodesAsync(session, 1);
        return session;
    }

    private static Task SendAsync(ScriptedSession session, string text) => session.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The codes of so many replies.</summary>
    private static async Task<int[]> CodesAsync(ScriptedSession session, int count)
    {
        var codes = new List<int>();
        while (codes.Count < count)
        {
            var line = await session.ReadLineAsync() ?? throw new InvalidDataException($"The server closed after {string.Join(' ', codes)}.");
            if (line[3] == ' ')
                codes.Add(int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture));
        }
        return [.. codes];
    }

    /// <summary>One transaction of a conversation.</summary>
    /// <param name="Way">0: DATA; 1: one BDAT; 2: two.</param>
    /// <param name="Cut">Octets of the first chunk.</param>
    private sealed record Sent(string Content, int Way, int Cut)
    {
        private string Text => Way == 0 ? Content + "\r\n" : Content;

        private int First => Math.Min(Cut, Content.Length);

        public bool IsLines => SmugglingFormsTests.IsLines(Text);

        public string Wire => Envelope + Way switch
        {
            // Stuffed as RFC 5321 §4.5.2 wants: no line of it is the end.
            0 => "DATA\r\n" + ("\r\n" + Text).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".\r\n",
            1 => $"BDAT {Content.Length} LAST\r\n{Content}",
            _ => $"BDAT {First}\r\n{Content[..First]}BDAT {Content.Length - First} LAST\r\n{Content[First..]}",
        };

        public IEnumerable<int> Codes => [250, 250, .. Way switch
        {
            0 => [354, Final],
            1 => [Final],
            _ => new[] { FirstChunk, Final },
        }];

        private int Final => IsLines ? 250 : 554;

        /// <summary>A CR at the end of a chunk may have its LF in the next.</summary>
        private int FirstChunk => SmugglingFormsTests.IsLines(Content[..First].EndsWith('\r') ? Content[..(First - 1)] : Content[..First]) ? 250 : 554;
    }
}
