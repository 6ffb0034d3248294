using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.5 section: which octets of a message BODY[…] means.</summary>
/// <param name="Path">Part numbers; empty for the message itself.</param>
/// <param name="Fields">Field names of HEADER.FIELDS and HEADER.FIELDS.NOT.</param>
internal sealed record BodySection(IReadOnlyList<int> Path, SectionText Text, IReadOnlyList<string> Fields)
{
    /// <summary>The index holds no deeper parts.</summary>
    private const int MaxDepth = 200;

    private const int MaxFields = 1000;

    public static readonly BodySection Whole = new([], SectionText.All, []);

    public static readonly BodySection MessageHeader = new([], SectionText.Header, []);

    public static readonly BodySection MessageText = new([], SectionText.Text, []);

    /// <summary>Between brackets, the opening one taken already.</summary>
    public static BodySection Parse(ref ImapScanner scanner)
    {
        var path = new List<int>();
        while (scanner.Ahead is >= (byte)'0' and <= (byte)'9')
        {
            path.Add((int)Math.Min(scanner.NonZeroNumber(), int.MaxValue));
            if (path.Count > MaxDepth)
                scanner.Fail("Part is too deep");
            if (!scanner.Take('.'))
                return Closed(new BodySection(path, SectionText.All, []), ref scanner);
        }
        return path.Count == 0 && scanner.Take(']') ? Whole : Closed(ParseText(path, ref scanner), ref scanner);
    }

    /// <summary>As it stands in the reply.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendJoin('.', Path);
        if (Text == SectionText.All)
            return text.ToString();
        if (Path.Count > 0)
            text.Append('.');
        text.Append(Text switch
        {
            SectionText.Header => "HEADER",
            SectionText.HeaderFields => "HEADER.FIELDS",
            SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT",
            SectionText.Text => "TEXT",
            _ => "MIME",
        });
        return Fields.Count == 0 ? text.ToString() : text.Append(" (").AppendJoin(' ', Fields.Select(Quoted)).Append(')').ToString();
    }

    private static BodySection Closed(BodySection section, ref ImapScanner scanner)
    {
        scanner.Expect(']');
        return section;
    }

    private static BodySection ParseText(List<int> path, ref ImapScanner scanner)
    {
        if (scanner.TakeWord("HEADER.FIELDS.NOT "))
            return new BodySection(path, SectionText.HeaderFieldsNot, ParseFields(ref scanner));
        if (scanner.TakeWord("HEADER.FIELDS "))
            return new BodySection(path, SectionText.HeaderFields, ParseFields(ref scanner));
        if (scanner.TakeWord("HEADER"))
            return new BodySection(path, SectionText.Header, []);
        if (scanner.TakeWord("TEXT"))
            return new BodySection(path, SectionText.Text, []);
        if (path.Count == 0 || !scanner.TakeWord("MIME"))
            scanner.Fail("No such section");
        return new BodySection(path, SectionText.Mime, []);
    }

    private static List<string> ParseFields(ref ImapScanner scanner)
    {
        var fields = new List<string>();
        scanner.Expect('(');
        do
        {
            fields.Add(scanner.Astring());
            if (fields.Count > MaxFields)
                scanner.Fail("Too many fields");
        }
        while (scanner.Take(' '));
        scanner.Expect(')');
        return fields;
    }

    private static string Quoted(string field) => field.Length > 0 && field.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? field
        : ImapWriter.QuotedText(field);
}

/// <summary>What of a message or part a section means.</summary>
internal enum SectionText
{
    /// <summary>The whole message, or the body of a part.</summary>
    All,
    Header,
    HeaderFields,
    HeaderFieldsNot,
    Text,
    Mime,
}
