using System.Diagnostics;
using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>Messages made to exhaust: bounded memory, time and cache for each.</summary>
public class BoundsTests
{
    private const long MaxAllocatedBytes = 200L * 1024 * 1024;

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public void Multiparts_nested_deep_end_in_an_opaque_part(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
            text.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\r\n\r\n--b").Append(i).Append("\r\n");
        text.Append("\r\nthe core\r\n");
        var root = ReadBounded(text.ToString());
        Assert.Equal(MessageIndex.MaxDepth, DepthOf(root));
        var deepest = Deepest(root);
        Assert.Equal("APPLICATION/OCTET-STREAM", deepest.Shape());
        Assert.Equal(text.Length, deepest.EndOffset);
    }

    [Fact]
    public void Messages_nested_deep_end_in_an_opaque_part()
    {
        var root = ReadBounded(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 1000)));
        Assert.Equal(MessageIndex.MaxDepth, DepthOf(root));
        Assert.False(Deepest(root).IsMessage);
    }

    [Fact]
    public void Parts_past_the_limit_are_one_opaque_part_and_outer_parts_still_end_rightly()
    {
        var inner = string.Concat(Enumerable.Repeat("--in\r\n\r\nx\r\n", MessageIndex.MaxParts + 5000));
        var root = ReadBounded($"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n{inner}--in--\r\n--out\r\n\r\nlast\r\n--out--\r\n");
        Assert.Equal(2, root.Parts.Count);
        var many = root.Parts[0].Parts;
        Assert.InRange(many.Count, MessageIndex.MaxParts - 10, MessageIndex.MaxParts);
        Assert.Equal("APPLICATION/OCTET-STREAM", many[^1].Shape());
        Assert.EndsWith("\r\nx\r\n--out\r\n\r\nlast\r\n--out--\r\n"[..5], "\r\nx\r\n", StringComparison.Ordinal);
        Assert.Equal(root.Parts[0].EndOffset - "\r\n--in--".Length, many[^1].EndOffset);
        Assert.Equal(4, root.Parts[1].EndOffset - root.Parts[1].BodyOffset - "\r\n".Length);
    }

    [Fact]
    public void Header_of_100_MB_leaves_little()
    {
        var field = "Subject: " + new string('x', 1_000_000) + "\r\n";
        var message = new RepeatedStream(Encoding.ASCII.GetBytes(field), 100);
        var index = MessageIndex.Read(message);
        Assert.Equal(100L * field.Length, index.Root.BodyOffset);
        Assert.InRange(index.EncodeEnvelope().Length, 1000, 70_000);
    }

    [Fact]
    public void Recipients_without_end_are_cut()
    {
        var index = MessageIndex.Read(new MemoryStream(Encoding.ASCII.GetBytes("To: " + string.Concat(Enumerable.Repeat("a@b.c, ", 100_000)) + "\r\n\r\n")));
        Assert.Equal(1000, index.Envelope.To.Count);
    }

    [Theory]
    [InlineData("To: ", "(")]
    [InlineData("To: ", "<")]
    [InlineData("To: ", "\"")]
    [InlineData("To: ", ":;")]
    [InlineData("To: ", "<@")]
    [InlineData("Content-Type: text/plain; ", "(")]
    [InlineData("Content-Type: text/plain; ", "a=b;")]
    [InlineData("Content-Type: text/plain; x=", " a")]
    [InlineData("Content-Type: text/plain; x=\"", "\\")]
    public void Field_of_nothing_but_nesting_is_read_in_time(string start, string repeated) =>
        ReadBounded(start + string.Concat(Enumerable.Repeat(repeated, 60_000 / repeated.Length)) + "\r\n\r\n");

    [Fact]
    public void Parts_with_large_headers_keep_a_bounded_cache()
    {
        var part = $"--b\r\nContent-Description: {new string('d', 30_000)}\r\nContent-Type: image/png; name={new string('n', 30_000)}\r\n\r\nx\r\n";
        var root = ReadBounded($"Content-Type: multipart/mixed; boundary=b\r\n\r\n{string.Concat(Enumerable.Repeat(part, 500))}");
        Assert.Equal(500, root.Parts.Count);
        Assert.All(root.Parts, child => Assert.Equal("IMAGE", child.Type));
        Assert.InRange(new MessageIndex(new MessageEnvelope(), root).EncodeStructure().Length, 1, 2 * 1024 * 1024);
    }

    private static BodyPart ReadBounded(string text)
    {
        var octets = Encoding.Latin1.GetBytes(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var index = MessageIndex.Read(new MemoryStream(octets));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MaxAllocatedBytes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        GeneratedMessageTests.AssertNested(index.Root, 0, octets.Length);
        Assert.Equal(index.EncodeStructure(), (index with { Root = MessageIndex.DecodeStructure(index.EncodeStructure()) }).EncodeStructure());
        return index.Root;
    }

    private static int DepthOf(BodyPart part) => part.Parts.Count == 0 ? 1 : 1 + part.Parts.Max(DepthOf);

    private static BodyPart Deepest(BodyPart part) => part.Parts.Count == 0 ? part : Deepest(part.Parts[^1]);

    /// <summary>The same octets again and again, without holding them.</summary>
    private sealed class RepeatedStream(byte[] octets, int times) : MemoryStream
    {
        private long _at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at >= (long)octets.Length * times)
                return 0;
            var start = (int)(_at % octets.Length);
            var length = Math.Min(count, octets.Length - start);
            octets.AsSpan(start, length).CopyTo(buffer.AsSpan(offset));
            _at += length;
            return length;
        }
    }
}
