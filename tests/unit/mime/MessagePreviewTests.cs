using System.Text;
using CsCheck;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>RFC 8970 previews.</summary>
public sealed class MessagePreviewTests
{
    [Theory]
    [InlineData("\n  a \t b\n\nc", "a b c")]
    [InlineData("\n", "")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n", "Grüße")]
    [InlineData("Content-Type: text/html\n\n<p>a</p><p>b</p><b>c</b>d", "a b cd")]
    [InlineData("Content-Type: text/html\n\n<!-- x > y -->a<style>b</style><script>if (1 < 2) c</script>d", "a d")]
    [InlineData("Content-Type: text/html\n\n1 < 2 &amp;&#x41;&#66; &unknown; &lt", "1 < 2 &AB &unknown;")]
    [InlineData("Content-Type: text/html\n\n&#8203;\u00AD&zwnj;preheader&#847; &#847; &nbsp; x", "preheader x")]
    [InlineData("Content-Type: text/html\n\n<a href=\"x>y\"", "")]
    [InlineData("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>h\n--b\nContent-Type: text/plain\n\np\n--b--", "p")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nfile\n--b\n\ntext\n--b--", "text")]
    [InlineData("Content-Type: image/png\n\nx", "")]
    public void Is_the_first_text(string message, string preview) => Assert.Equal(preview, Read(message, out _));

    [Fact]
    public void Is_at_most_200_characters_and_cuts_none()
    {
        Assert.Equal(new string('x', 200), Read("\n" + new string('x', 500), out _));
        var faces = string.Concat(Enumerable.Repeat("😀", 300));
        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 200)), Read("Content-Type: text/plain; charset=utf-8\n\n" + faces, out _));
    }

    /// <summary>The start of a message tells whether it was enough.</summary>
    [Theory]
    [InlineData("A: b\n\nshort", 6, false)]
    [InlineData("A: b\n\nshort", 11, true)]
    public void Says_whether_the_start_was_enough(string message, int octets, bool isComplete)
    {
        var root = MessageIndex.Read(new MemoryStream(Encoding.UTF8.GetBytes(message))).Root;
        MessagePreview.Read(new MemoryStream(Encoding.UTF8.GetBytes(message)[..octets]), root, out var complete);
        Assert.Equal(isComplete, complete);
    }

    [Fact]
    public void Any_octets_have_a_preview_that_can_be_stored() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 2000],
                Gen.String[Gen.Char["<>&;#ax! -/\"\n\uD83D\uDE00\0"], 0, 2000].Select(text => Encoding.UTF8.GetBytes("Content-Type: text/html\n\n" + text)))
            .Sample(octets =>
            {
                var preview = MessagePreview.Read(new MemoryStream(octets), MessageIndex.Read(new MemoryStream(octets)).Root, out _);
                Assert.DoesNotContain('\0', preview);
                Assert.Equal(preview, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(preview)));
                Assert.InRange(preview.EnumerateRunes().Count(), 0, 200);
            });

    private static string Read(string message, out bool isComplete)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        return MessagePreview.Read(new MemoryStream(octets), MessageIndex.Read(new MemoryStream(octets)).Root, out isComplete);
    }
}
