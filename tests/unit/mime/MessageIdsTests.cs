using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public sealed class MessageIdsTests
{
    [Theory]
    [InlineData("<a@b> <c@d>", "a@b c@d")]
    [InlineData("<a@b><c@d>\t<e@f>", "a@b c@d e@f")]
    [InlineData("<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>", "01KF8JCEOCBS0045PS@xxx.yyy.com")] // RFC 5256 §3
    [InlineData("<\"a\\\"b\"@c>", "a\"b@c")]
    [InlineData("<\"a b\"@c>", "a_b@c")]
    [InlineData("<\"a@b>c\"@d>", "a@b>c@d")]
    [InlineData("<a @ b>", "a@b")]
    [InlineData("<A@B> <a@b>", "A@B a@b")]
    [InlineData("<a@[127.0.0.1]>", "a@[127.0.0.1]")]
    [InlineData("mail of today (<no@comment> \\)) <a@b>", "a@b")]
    [InlineData("<no-at> <@none> <none@> <> <a@b>", "a@b")]
    [InlineData("<broken <a@b>", "a@b")]
    [InlineData("<a@b> <open@end", "a@b")]
    [InlineData("", "")]
    public void Takes_what_is_an_identifier(string field, string ids) => Assert.Equal(ids, MessageIds.RefersTo(field, null));

    [Theory]
    [InlineData(null, "<a@b> <c@d>", "a@b")]
    [InlineData("none here", "Your message of today <a@b>", "a@b")]
    [InlineData("<x@y>", "<a@b>", "x@y")]
    [InlineData(null, null, "")]
    public void Falls_back_to_the_first_of_in_reply_to(string? references, string? inReplyTo, string ids) =>
        Assert.Equal(ids, MessageIds.RefersTo(references, inReplyTo));

    [Fact]
    public void Keeps_the_first_and_the_last_of_very_many()
    {
        var kept = MessageIds.RefersTo(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<{i}@example.test> ")), null);
        Assert.InRange(kept.Length, MessageIds.MaxKeptLength - 40, MessageIds.MaxKeptLength);
        var ids = kept.Split(' ');
        Assert.Equal("0@example.test", ids[0]);
        Assert.Equal("9999@example.test", ids[^1]);
        Assert.Equal(Enumerable.Range(10_000 - ids.Length + 1, ids.Length - 1).Select(i => $"{i}@example.test"), ids.Skip(1));
    }

    [Fact]
    public void An_identifier_without_end_is_none() => Assert.Equal("a@b", MessageIds.RefersTo($"<{new string('x', 100_000)}@y> <a@b>", null));

    [Theory]
    [InlineData("Subject: x\r\nReferences: <a@b>\r\n\t<c@d>\r\nreferences: <no@more>\r\nMessage-ID: <e@f>\r\n\r\nReferences: <in@body>\r\n", "a@b c@d")]
    [InlineData("In-Reply-To: <a@b>\r\n\r\n", "a@b")]
    [InlineData("Subject: x\r\n\r\n", "")]
    [InlineData("References: <caf\u00e9@b>\r\n\r\n", "caf\u00e9@b")]
    public void The_index_and_the_later_look_agree(string message, string ids)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        var index = MessageIndex.Read(new MemoryStream(octets));
        Assert.Equal(ids, index.RefersTo);
        Assert.Equal(ids, MessageIds.ReadRefersTo(new MemoryStream(octets), index.Envelope.InReplyTo));
    }

    [Fact]
    public void Octets_that_are_no_text_compare_alike()
    {
        byte[] octets = [.. "References: <"u8, 0xE9, .. "@b>\r\n\r\n"u8];
        Assert.Equal("\uFFFD@b", MessageIndex.Read(new MemoryStream(octets)).RefersTo);
    }
}
