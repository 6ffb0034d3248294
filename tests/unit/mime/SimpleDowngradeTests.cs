using System.Text;
using CsCheck;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>RFC 6858: messages with UTF-8 in their headers, for clients that take none.</summary>
public class SimpleDowngradeTests
{
    private const string Invalid = "<invalid@internationalized-address.invalid>";

    [Theory]
    [InlineData("Subject: Grüße", "Subject: =?utf-8?B?R3LDvMOfZQ==?=")]
    [InlineData("Subject: =?iso-8859-1?Q?Gr=FC=DFe?= ü", "Subject: =?utf-8?B?R3LDvMOfZSDDvA==?=")]
    [InlineData("Subject: Plain", "Subject: Plain")]
    [InlineData("Subject:\r\n folded ü", "Subject: =?utf-8?B?Zm9sZGVkIMO8?=")]
    [InlineData("From: Jürgen <jo@example.com>", "From: =?utf-8?B?SsO8cmdlbg==?=\r\n <jo@example.com>")]
    [InlineData("from : \"Dr. Ü\" <jo@example.com>, \"B, C\" <b@x.test>", "from: =?utf-8?B?RHIuIMOc?=\r\n <jo@example.com>,\r\n \"B, C\"\r\n <b@x.test>")]
    [InlineData("To: jürgen@example.com", "To: =?utf-8?B?asO8cmdlbkBleGFtcGxlLmNvbQ==?=\r\n " + Invalid)]
    [InlineData("Cc: Jo <jö@x.test>", "Cc: =?utf-8?B?Sm8gPGrDtkB4LnRlc3Q+?=\r\n " + Invalid)]
    [InlineData("Cc: Jo <jo@bücher.test>", "Cc: Jo\r\n <jo@xn--bcher-kva.test>")]
    [InlineData("Bcc: Ü: a@x.test, b@x.test;, c@x.test", "Bcc: =?utf-8?B?w5w=?=: <a@x.test>,\r\n <b@x.test>;,\r\n <c@x.test>")]
    [InlineData("Bcc: Ü:;", "Bcc: =?utf-8?B?w5w=?=:;")]
    [InlineData("Return-Path: <jürgen@example.com>", "Return-Path: " + Invalid)]
    [InlineData("Resent-To: \"ü q\"@x.test", "Resent-To: =?utf-8?B?w7wgcUB4LnRlc3Q=?=\r\n " + Invalid)]
    [InlineData("X-Any: ü", null)]
    [InlineData("Message-ID: <ü@x.test>", null)]
    [InlineData("Ünd: x", null)]
    [InlineData("Received: from x by y for <ü@x.test>; Thu, 1 Jan 2026 00:00:00 +0000", null)]
    [InlineData("Content-Type: text/plain; charset=utf-8; name=\"ü b.txt\"", "Content-Type: text/plain;\r\n charset=\"utf-8\";\r\n name*=utf-8''%C3%BC%20b.txt")]
    [InlineData("Content-Disposition: attachment; filename=ü; size=3", "Content-Disposition: attachment;\r\n filename*=utf-8''%C3%BC;\r\n size=\"3\"")]
    [InlineData("Content-Disposition: attachment; filename*=ü; x=\"a\\\"ü\"", "Content-Disposition: attachment;\r\n x*=utf-8''a%22%C3%BC")]
    [InlineData("Content-Disposition: inlinü", null)]
    [InlineData("Content-Type: multipart/mixed; boundary=\"ü\"", "Content-Type: multipart/mixed; boundary=\"ü\"")]
    [InlineData("Content-Transfer-Encoding: ü", "Content-Transfer-Encoding: ü")]
    [InlineData("no field ü", "no field ü")]
    public async Task Fields(string field, string? shown)
    {
        var rest = "A: b\r\n\r\nbödy\r\n";
        Assert.Equal((shown is null ? "" : shown + "\r\n") + rest, await ShownAsync($"{field}\r\n{rest}"));
    }

    /// <summary>What is in no charset that we know stays, whatever stands beside it.</summary>
    [Fact]
    public async Task Octets_that_are_not_UTF8_stay()
    {
        byte[] message = [.. "Subject: "u8, 0xFC, .. "\r\nComments: ü\r\nFrom: "u8, 0xE4, .. " <a@x.test>\r\n\r\n"u8];
        var (index, downgraded) = await DowngradeAsync(message);
        Assert.True(index.Root.IsInternational);
        Assert.Equal([.. "Subject: "u8, 0xFC, .. "\r\nComments: =?utf-8?B?w7w=?=\r\nFrom: "u8, 0xE4, .. " <a@x.test>\r\n\r\n"u8], await ReadAsync(downgraded.Open(0)));
        Assert.Equal(index.Envelope.Subject, SimpleDowngrade.Of(index.Envelope).Subject);
        Assert.Equal(index.Envelope.From, SimpleDowngrade.Of(index.Envelope).From);
    }

    [Fact]
    public void Long_text_is_words_of_75_characters_that_end_between_characters()
    {
        var text = string.Concat(Enumerable.Repeat("日本語😀", 100));
        var words = SimpleDowngrade.Of(new MessageEnvelope { Subject = text }).Subject!.Split(' ');
        Assert.All(words, word => Assert.True(word.Length <= 75));
        Assert.Equal(text, string.Concat(words.Select(MessageText.Decode)));
    }

    [Fact]
    public async Task A_long_parameter_comes_in_pieces()
    {
        var name = string.Concat(Enumerable.Repeat("日本語 ", 30));
        var (_, downgraded) = await DowngradeAsync(Encoding.UTF8.GetBytes($"Content-Type: a/b; name=\"{name}\"\r\n\r\n"));
        var header = await ReadAsync(downgraded.Open(0));
        Assert.All(Encoding.ASCII.GetString(header).Split("\r\n"), line => Assert.True(line.Length < 100));
        Assert.Equal(name, MessageIndex.Read(new MemoryStream(header)).Root.Parameter("name"));
        Assert.Equal(name, downgraded.Root.Parameter("name"));
    }

    [Fact]
    public void A_mark_in_the_index_tells_them_apart()
    {
        Assert.False(IsMarked("Subject: x\r\n\r\nü"));
        Assert.False(IsMarked("\r\nSubject: ü\r\n\r\n"));
        Assert.True(IsMarked("Subject: ü"));
        Assert.True(IsMarked("X-Other: ü\r\n\r\n"));
        Assert.True(IsMarked("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\n\r\n--b\r\nX: ü\r\n\r\n--b--\r\n"));
        Assert.True(IsMarked("Content-Type: message/rfc822\r\n\r\nSubject: ü\r\n\r\n"));
        Assert.True(IsMarked("Content-Type: message/global\r\n\r\nSubject: u\r\n\r\n"));
        Assert.False(IsMarked("Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDog\r\n"));
        Assert.False(MessageIndex.IsInternational([]));
    }

    /// <summary>RFC 6532 §3.7: a forwarded message of this kind is one like any other to who cannot read it.</summary>
    [Fact]
    public async Task A_global_message_becomes_one_of_RFC_822()
    {
        const string Forward = "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\nContent-Type: message/global; x=y\r\n\r\nSubject: ü\r\n\r\none\r\n--b\r\n\r\nSubject: ö\r\n\r\ntwo\r\n--b--\r\n";
        var (index, downgraded) = await DowngradeAsync(Encoding.UTF8.GetBytes(Forward));
        Assert.Equal("MULTIPART/DIGEST(MESSAGE/GLOBAL(TEXT/PLAIN) MESSAGE/RFC822(TEXT/PLAIN))", index.Root.Shape());
        Assert.Equal("MULTIPART/DIGEST(MESSAGE/RFC822(TEXT/PLAIN) MESSAGE/RFC822(TEXT/PLAIN))", downgraded.Root.Shape());
        Assert.Equal(
            "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822;\r\n x=\"y\"\r\n\r\nSubject: =?utf-8?B?w7w=?=\r\n\r\none\r\n--b\r\n\r\nSubject: =?utf-8?B?w7Y=?=\r\n\r\ntwo\r\n--b--\r\n",
            Encoding.UTF8.GetString(await ReadAsync(downgraded.Open(0))));
        AssertIndexed(index, downgraded, await ReadAsync(downgraded.Open(0)));
    }

    [Fact]
    public async Task A_header_without_end_stays()
    {
        var message = Encoding.UTF8.GetBytes("Subject: ü\r\n" + string.Concat(Enumerable.Repeat("X: ü\r\n", 100_000)));
        var (_, downgraded) = await DowngradeAsync(message);
        Assert.Equal(message, await ReadAsync(downgraded.Open(0)));
    }

    [Fact]
    public async Task Headers_past_a_number_stay()
    {
        var digest = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\nContent-Description: ü\r\n\r\n\r\n", 1000)) + "--b--\r\n";
        var shown = await ShownAsync(digest);
        Assert.Equal(499, shown.Split("=?utf-8?B?w7w=?=").Length - 1); // and the header of them all
        Assert.Equal(501, shown.Split("ü").Length - 1);
    }

    /// <summary>Whatever parts and fields there are, the client gets a message in which everything is where the index says, from every octet on.</summary>
    [Fact]
    public void What_is_told_of_a_message_is_true_of_what_is_sent()
    {
        var field = OneOf(
            "Subject: ü", "Subject: plain", "From: Ä <ä@x.test>, b@x.test", "To: c@x.test", "Sender: ß@ü.test", "Reply-To: =?utf-8?Q?=C3=BC?= ü <r@x.test>", "Date: Thu, 1 Jan 2026 00:00:00 +0000",
            "Message-ID: <a@x.test>", "In-Reply-To: <ü@x.test>", "Content-Description: dü", "Content-ID: <ü>", "Content-Language: de, dü", "Content-Location: ü",
            "Content-Disposition: attachment; filename=\"ü 1\"; size=2", "X-Spam: ü\r\n folded", "X-Ham: no");
        var fields = field.List[0, 5].Select(all => string.Concat(all.DistinctBy(one => one[..one.IndexOf(':')]).Select(one => one + "\r\n")));
        var leaf = Gen.Select(fields, OneOf("", "text line\r\n", "ü\r\n\r\nmore"), (header, body) => $"Content-Type: text/plain; name=ü\r\n{header}\r\n{body}");
        Gen<string> Nested(Gen<string> inner, int level) => Gen.Select(fields, inner, inner, Gen.Int[0, 3], (header, first, second, kind) => kind switch
        {
            0 => $"{header}Content-Type: message/rfc822\r\n\r\n{first}",
            1 => $"Content-Type: message/global; y=ö\r\n{header}\r\n{first}",
            2 => $"{header}Content-Type: multipart/digest; boundary=b{level}; x=ü\r\n\r\n--b{level}\r\n\r\n{first}\r\n--b{level}\r\n{second}\r\n--b{level}--\r\n",
            _ => $"{header}Content-Type: multipart/mixed; boundary=b{level}\r\n\r\npre\r\n--b{level}\r\n{first}\r\n--b{level}\r\n{second}\r\n--b{level}--\r\nepilogue",
        });
        var message = Gen.OneOf(leaf, Nested(leaf, 1), Nested(Nested(leaf, 1), 2), Nested(Nested(Nested(leaf, 1), 2), 3));
        Gen.Select(message, Gen.Double[0, 1]).Sample((text, where) =>
        {
            var (index, downgraded) = DowngradeAsync(Encoding.UTF8.GetBytes(text)).AsTask().GetAwaiter().GetResult();
            var whole = ReadAsync(downgraded.Open(0)).GetAwaiter().GetResult();
            AssertIndexed(index, downgraded, whole);
            var offset = (int)(where * whole.Length);
            Assert.Equal(whole[offset..], ReadAsync(downgraded.Open(offset)).GetAwaiter().GetResult());
        });
    }

    /// <summary>Whatever a field holds, it stays one field: nothing in it ends the header, or starts another field.</summary>
    [Fact]
    public void Any_field_stays_within_its_header()
    {
        var value = Gen.Char["üß日a.B1 \t\"\\<>@,;:()[]=?*'%=?\u00a0\u2028"].Array[0, 40].Select(all => new string(all));
        var field = Gen.Select(OneOf("From", "Bcc", "Return-Path", "Subject", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "X-Any", "Content-Type: message/global; x"), value, Gen.Bool, (name, text, folds) =>
            $"{name}: {(folds ? text.Replace(" ", "\r\n ", StringComparison.Ordinal) : text)}ü\r\n");
        field.Array[1, 4].Sample(all =>
        {
            var message = string.Concat(all) + "\r\nbödy";
            var (_, downgraded) = DowngradeAsync(Encoding.UTF8.GetBytes(message)).AsTask().GetAwaiter().GetResult();
            var whole = ReadAsync(downgraded.Open(0)).GetAwaiter().GetResult();
            var again = MessageIndex.Read(new MemoryStream(whole)).Root;
            Assert.Equal(whole.Length - "bödy"u8.Length, again.BodyOffset);
            Assert.Equal(again.BodyOffset, downgraded.Root.BodyOffset);
            Assert.Equal(whole.Length, downgraded.Length);
            Assert.True(Lines(whole) <= 4 + all.Length, Encoding.UTF8.GetString(whole));
        });

        // Lines that are no continuation, the empty one and the body among them.
        static int Lines(byte[] octets) => Encoding.UTF8.GetString(octets).Split("\r\n").Count(line => line.Length == 0 || line[0] is not (' ' or '\t'));
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertIndexed(MessageIndex index, DowngradedMessage downgraded, byte[] whole)
    {
        var again = MessageIndex.Read(new MemoryStream(whole));
        Assert.False(again.Root.IsInternational);
        Assert.Equal(Convert.ToHexString(again.EncodeStructure()), Convert.ToHexString((index with { Root = downgraded.Root }).EncodeStructure()));
        Assert.Equal(Convert.ToHexString(again.EncodeEnvelope()), Convert.ToHexString((index with { Envelope = SimpleDowngrade.Of(index.Envelope) }).EncodeEnvelope()));
        Assert.Equal(whole.Length, downgraded.Length);
    }

    private static bool IsMarked(string message) => MessageIndex.IsInternational(MessageIndex.Read(new MemoryStream(Encoding.UTF8.GetBytes(message))).EncodeStructure());

    private static async Task<string> ShownAsync(string message) =>
        Encoding.UTF8.GetString(await ReadAsync((await DowngradeAsync(Encoding.UTF8.GetBytes(message))).Downgraded.Open(0)));

    private static async ValueTask<(MessageIndex Index, DowngradedMessage Downgraded)> DowngradeAsync(byte[] message)
    {
        var index = MessageIndex.Read(new MemoryStream(message));
        var root = MessageIndex.DecodeStructure(index.EncodeStructure());
        return (index, await DowngradedMessage.ReadAsync(root, offset => ValueTask.FromResult<Stream>(new MemoryStream(message, (int)offset, message.Length - (int)offset))));
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        await using (stream)
        {
            using var octets = new MemoryStream();
            await stream.CopyToAsync(octets, 7);
            return octets.ToArray();
        }
    }
}
