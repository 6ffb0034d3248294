using System.Text;

namespace MailMesh.Mime;

/// <summary>The MIME header fields of a part as people read them, from its index: values decoded by RFC 2047 and 2231, pieces put together.</summary>
internal static class PartFields
{
    /// <summary>One field a line; empty where the part has no header.</summary>
    public static string Of(BodyPart part)
    {
        var hasHeader = part.BodyOffset - part.HeaderOffset > 2; // more than the empty line
        if (!hasHeader)
            return "";
        var fields = new StringBuilder();
        if (!IsTypeAssumed(part))
            Add(fields, "Content-Type", $"{part.Type}/{part.Subtype}{Parameters(part.Parameters)}");
        if (part.Disposition is { } disposition)
            Add(fields, "Content-Disposition", $"{disposition}{Parameters(part.DispositionParameters)}");
        // What stands for a field that is not there.
        Add(fields, "Content-Transfer-Encoding", part.Encoding == "7BIT" ? null : part.Encoding);
        Add(fields, "Content-ID", part.Id);
        Add(fields, "Content-Description", part.Description);
        Add(fields, "Content-Language", part.Language.Count == 0 ? null : string.Join(", ", part.Language));
        Add(fields, "Content-Location", part.Location);
        Add(fields, "Content-MD5", part.Md5);
        return fields.ToString();
    }

    /// <summary>RFC 2045 §5.2: what a part is that does not say. The index has it in capitals, as nobody writes the name.</summary>
    private static bool IsTypeAssumed(BodyPart part) =>
        part is { Type: "TEXT", Subtype: "PLAIN" } && part.Parameters.SequenceEqual(PartHeader.UsAscii);

    private static void Add(StringBuilder fields, string name, string? value)
    {
        if (value is not null)
            fields.Append(name).Append(": ").Append(MessageText.Decode(value)).Append('\n');
    }

    private static string Parameters(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var text = new StringBuilder();
        foreach (var name in parameters.Select(parameter => parameter.Key.Split('*')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var value = ParameterValue.Find(parameters, name) ?? "";
            var isToken = value.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`{|}~".Contains(c, StringComparison.Ordinal));
            text.Append("; ").Append(name).Append('=').Append(isToken ? value : $"\"{value}\"");
        }
        return text.ToString();
    }
}
