using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>Messages written as text with LF, read as octets with CRLF.</summary>
internal static class MimeText
{
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static MessageIndex Read(string text) => MessageIndex.Read(new MemoryStream(Octets(text)));

    public static string Header(this BodyPart part, string text) => Slice(text, part.HeaderOffset, part.BodyOffset);

    public static string Body(this BodyPart part, string text) => Slice(text, part.BodyOffset, part.EndOffset);

    private static string Slice(string text, long start, long end) => Encoding.Latin1.GetString(Octets(text)[(int)start..(int)end]).ReplaceLineEndings("\n");

    /// <summary>Type and children, as in 'MULTIPART/MIXED(TEXT/PLAIN MESSAGE/RFC822(TEXT/HTML))'.</summary>
    public static string Shape(this BodyPart part)
    {
        var name = $"{part.Type}/{part.Subtype}";
        return part.Parts.Count == 0 ? name : $"{name}({string.Join(' ', part.Parts.Select(Shape))})";
    }
}
