using System.Text;
using CsCheck;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public class GeneratedMessageTests
{
    [Fact]
    public void Offsets_cut_exactly_the_parts_that_were_written() => GeneratedPart.Gen5.Sample(
        tree =>
        {
            var octets = Encoding.Latin1.GetBytes(tree.Text);
            tree.Check(MessageIndex.Read(new MemoryStream(octets)).Root, tree.Text);
            tree.Check(MessageIndex.Read(new ForwardOnlyStream(octets)).Root, tree.Text);
        },
        iter: 2000);

    [Fact]
    public void Cached_index_comes_back_as_it_was() => GeneratedPart.Gen5.Sample(
        tree => AssertComesBack(Encoding.Latin1.GetBytes("From: \"A\" <a@x>, g: b@x;\r\nSubject: \xFF =?x?=\r\n" + tree.Text)), iter: 1000);

    [Fact]
    public void Random_octets_are_a_message() => Tokens.Sample(octets =>
    {
        var index = MessageIndex.Read(new MemoryStream(octets));
        AssertNested(index.Root, 0, octets.Length);
        AssertComesBack(octets);
        foreach (var value in new[] { "x", "\u3042\u3042" })
        {
            MessageText.TextContains(new MemoryStream(octets), index.Root, value);
            MessageText.HeaderContains(new MemoryStream(octets), "subject", value);
            MessageText.AddressesContain(index.Envelope.To, value);
        }
        MessageText.Date(index.Envelope);
    }, iter: 5000);

    [Fact]
    public void Damaged_cache_is_refused_and_never_trusted() => Gen.Select(GeneratedPart.Gen5, Gen.Int[0, 100_000], Gen.Byte).Sample(
        (tree, at, octet) =>
        {
            var cached = MessageIndex.Read(new MemoryStream(Encoding.Latin1.GetBytes(tree.Text))).EncodeStructure();
            cached[at % cached.Length] = octet;
            TryDecode(cached);
            TryDecode(cached[..(at % cached.Length)]);
        },
        iter: 2000);

    [Fact]
    public void Random_cache_is_refused_and_never_trusted() => Gen.Byte.Array[0, 60].Sample(octets => TryDecode([1, .. octets]), iter: 20_000);

    /// <summary>Pieces of MIME in random order, with random octets between them.</summary>
    internal static Gen<byte[]> Tokens { get; } = Gen.OneOf(
        Gen.OneOf(
            "Content-Type: ", "multipart/mixed; boundary=b", "multipart/digest; boundary=\"b", "message/rfc822", "text/plain; charset=iso-2022-jp", "\r\n", "\r\n\r\n", "\n", "\n\n", "\r", "--b", "--b--",
            "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "To: ", "a@b", "<", ">", "(", "\"", "\\", ",", ";", ":", "=?utf-8?B?", "?=", "Date: ", "Subject: ", " ", "\t", "=E3=81",
            "\e$B", "\e(B", "*0*=", "Content-Disposition: x;", "Content-Language: en,").Select(Encoding.ASCII.GetBytes),
        Gen.Byte.Array[0, 8]).Array[0, 60].Select(parts => parts.SelectMany(part => part).ToArray());

    private static void AssertComesBack(byte[] message)
    {
        var index = MessageIndex.Read(new MemoryStream(message));
        var structure = index.EncodeStructure();
        var envelope = index.EncodeEnvelope();
        var decoded = new MessageIndex(MessageIndex.DecodeEnvelope(envelope), MessageIndex.DecodeStructure(structure));
        Assert.Equal(structure, decoded.EncodeStructure());
        Assert.Equal(envelope, decoded.EncodeEnvelope());
        AssertSame(index.Root, decoded.Root);
        AssertSame(index.Envelope, decoded.Envelope);
    }

    private static void AssertSame(BodyPart expected, BodyPart actual)
    {
        Assert.Equal(expected.Parameters.Select(Octets), actual.Parameters.Select(Octets));
        Assert.Equal(expected.DispositionParameters.Select(Octets), actual.DispositionParameters.Select(Octets));
        Assert.Equal(expected.Language, actual.Language);
        Assert.Equal(expected.Parts.Count, actual.Parts.Count);
        for (var i = 0; i < expected.Parts.Count; i++)
            AssertSame(expected.Parts[i], actual.Parts[i]);
        Assert.Equal(expected.Envelope is null, actual.Envelope is null);
        if (expected.Envelope is not null)
            AssertSame(expected.Envelope, actual.Envelope!);
        Assert.Equal(
            expected with { Parts = [], Parameters = [], DispositionParameters = [], Language = [], Envelope = null },
            actual with { Parts = [], Parameters = [], DispositionParameters = [], Language = [], Envelope = null });
    }

    private static void AssertSame(MessageEnvelope expected, MessageEnvelope actual)
    {
        Assert.Equal(expected.From.Select(Octets), actual.From.Select(Octets));
        Assert.Equal(expected.Sender.Select(Octets), actual.Sender.Select(Octets));
        Assert.Equal(expected.ReplyTo.Select(Octets), actual.ReplyTo.Select(Octets));
        Assert.Equal(expected.To.Select(Octets), actual.To.Select(Octets));
        Assert.Equal(expected.Cc.Select(Octets), actual.Cc.Select(Octets));
        Assert.Equal(expected.Bcc.Select(Octets), actual.Bcc.Select(Octets));
        Assert.Equal((expected.Date, expected.Subject, expected.InReplyTo, expected.MessageId), (actual.Date, actual.Subject, actual.InReplyTo, actual.MessageId));
    }

    /// <summary>Octets that quoting held apart may be one character of UTF-8 without it: equal as octets, not as text.</summary>
    private static string Octets(EnvelopeAddress address) => $"{Octets(address.Name)}|{Octets(address.Route)}|{Octets(address.Mailbox)}|{Octets(address.Host)}";

    private static string Octets(KeyValuePair<string, string> parameter) => $"{Octets(parameter.Key)}|{Octets(parameter.Value)}";

    private static string Octets(string? text) => text is null ? "NIL" : Convert.ToHexString(HeaderOctets.GetBytes(text));

    /// <summary>Whatever the message: offsets ascend, children lie within their parent and one after another.</summary>
    internal static void AssertNested(BodyPart part, long from, long to)
    {
        Assert.InRange(part.HeaderOffset, from, to);
        Assert.InRange(part.BodyOffset, part.HeaderOffset, to);
        Assert.InRange(part.EndOffset, part.BodyOffset, to);
        Assert.Equal(part.IsMultipart, part.Parts.Count > 0 && !part.IsMessage);
        Assert.Equal(part.IsMessage, part is { Type: "MESSAGE", Subtype: "RFC822" });
        var next = part.BodyOffset;
        foreach (var child in part.Parts)
        {
            AssertNested(child, next, part.EndOffset);
            next = child.EndOffset;
        }
    }

    private static void TryDecode(byte[] cached)
    {
        Try(() => MessageIndex.DecodeStructure(cached));
        Try(() => MessageIndex.DecodeEnvelope(cached));
    }

    private static void Try(Func<object> decode)
    {
        try
        {
            Assert.NotNull(decode());
        }
        catch (InvalidDataException)
        {
            // The one exception that a decoder may throw.
        }
    }
}
