using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Octets of a message, counted from its first.</summary>
internal readonly record struct SectionRange(long Start, long End)
{
    public long Length => End - Start;

    /// <summary>Where a section stands in a message; null where the message has no such part.</summary>
    public static SectionRange? Of(BodySection section, BodyPart root)
    {
        if (section.Path.Count == 0)
            return Of(section.Text, root);
        if (PartOf(section, root) is not { } part)
            return null;
        return section.Text switch
        {
            SectionText.All => new SectionRange(part.BodyOffset, part.EndOffset),
            SectionText.Mime => new SectionRange(part.HeaderOffset, part.BodyOffset),
            // §6.4.5: of a part, HEADER and TEXT are those of the message it holds.
            _ => part.IsMessage ? Of(section.Text, part.Parts[0]) : null,
        };
    }

    /// <summary>The part that a section's numbers lead to; null where there is none, or the section names none.</summary>
    public static BodyPart? PartOf(BodySection section, BodyPart root) => section.Path.Count == 0 ? null : Find(section.Path, root);

    /// <summary>RFC 3501 §6.4.5: what lies within the range of a partial fetch; nothing where it starts past the end.</summary>
    public SectionRange Part(long start, long count)
    {
        var from = Start + Math.Min(start, Length);
        return new SectionRange(from, from + Math.Min(count, End - from));
    }

    private static SectionRange Of(SectionText text, BodyPart message) => text switch
    {
        SectionText.All => new SectionRange(message.HeaderOffset, message.EndOffset),
        SectionText.Text => new SectionRange(message.BodyOffset, message.EndOffset),
        _ => new SectionRange(message.HeaderOffset, message.BodyOffset),
    };

    private static BodyPart? Find(IReadOnlyList<int> path, BodyPart root)
    {
        var part = Within(root, path[0]);
        for (var i = 1; i < path.Count && part is not null; i++)
        {
            part = part.IsMultipart ? Child(part, path[i])
                : part.IsMessage ? Within(part.Parts[0], path[i])
                : null;
        }
        return part;
    }

    /// <summary>§6.4.5: a message that is no multipart has the one part 1, its body.</summary>
    private static BodyPart? Within(BodyPart message, int number) =>
        message.IsMultipart ? Child(message, number) : number == 1 ? message : null;

    private static BodyPart? Child(BodyPart part, int number) => number <= part.Parts.Count ? part.Parts[number - 1] : null;
}
