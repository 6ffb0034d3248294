using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 8970: the beginning of a message's text, as a list of messages shows it.</summary>
public static class MessagePreview
{
    /// <summary>RFC 8970 §3.1: a preview should not be longer.</summary>
    public const int MaxCharacters = 200;

    /// <summary>Text that is looked at: style sheets and blanks before the first words of a newsletter.</summary>
    private const int MaxLookedAt = 256 * 1024;

    /// <summary>The preview; empty where the message has no text.</summary>
    /// <param name="message">From the message's first octet; need not seek.</param>
    /// <param name="isComplete">False where the message ended before its text did, as the start of one does.</param>
    public static string Read(Stream message, BodyPart root, out bool isComplete)
    {
        isComplete = true;
        if (FirstText(root) is not { } part)
            return "";
        using var text = new PartText(new ForwardReader(message), part);
        var preview = new PreviewText(part.Subtype == "HTML");
        var lookedAt = 0;
        while (!preview.IsFull && lookedAt < MaxLookedAt && text.Read() is { Length: > 0 } piece)
        {
            preview.Add(piece);
            lookedAt += piece.Length;
        }
        isComplete = preview.IsFull || lookedAt >= MaxLookedAt || text.IsAtEnd;
        return WellFormed(preview.ToString());
    }

    /// <summary>A character that the text's end cuts in two cannot be stored.</summary>
    private static string WellFormed(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    /// <summary>The first part that people read: plain rather than HTML where both say the same (RFC 2046 §5.1.4).</summary>
    private static BodyPart? FirstText(BodyPart part)
    {
        if (part.Disposition?.Equals("attachment", StringComparison.OrdinalIgnoreCase) == true)
            return null;
        if (!part.IsMultipart)
            return part.Type == "TEXT" ? part : null;
        var texts = part.Parts.Select(FirstText).OfType<BodyPart>();
        return part.Subtype == "ALTERNATIVE"
            ? texts.MinBy(text => text.Subtype switch { "PLAIN" => 0, "HTML" => 1, _ => 2 })
            : texts.FirstOrDefault();
    }
}
