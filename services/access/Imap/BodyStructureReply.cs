using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §7.4.2 BODY and BODYSTRUCTURE.</summary>
internal static class BodyStructureReply
{
    private static readonly KeyValuePair<string, string> UsAscii = new("CHARSET", "US-ASCII");

    /// <param name="extended">BODYSTRUCTURE: with the extension data that BODY leaves out.</param>
    public static void Write(ImapWriter writer, BodyPart part, bool extended)
    {
        writer.Write('(');
        if (part.IsMultipart)
            WriteMultipart(writer, part, extended);
        else
            WriteSingle(writer, part, extended);
        writer.Write(')');
    }

    private static void WriteMultipart(ImapWriter writer, BodyPart part, bool extended)
    {
        foreach (var child in part.Parts)
            Write(writer, child, extended);
        writer.Write(' ');
        writer.HeaderString(part.Subtype);
        if (!extended)
            return;
        writer.Write(' ');
        WriteParameters(writer, part.Parameters);
        WriteCommonExtension(writer, part);
    }

    private static void WriteSingle(ImapWriter writer, BodyPart part, bool extended)
    {
        var isGlobal = part is { Type: "MESSAGE", Subtype: "GLOBAL" };
        // RFC 9051 §9 and RFC 6855 §7: to who knows UTF-8 a MESSAGE/GLOBAL is a message, and one that is encoded, or too deep, is none; to others it is like any other part.
        var isMessage = part.IsMessage && (!isGlobal || writer.IsUtf8);
        var isOpaque = isGlobal && !part.IsMessage && writer.IsUtf8;
        writer.HeaderString(isOpaque ? "APPLICATION" : part.Type);
        writer.Write(' ');
        writer.HeaderString(isOpaque ? "OCTET-STREAM" : part.Subtype);
        writer.Write(' ');
        WriteParameters(writer, ParametersOf(part));
        writer.Write(' ');
        writer.HeaderNstring(part.Id);
        writer.Write(' ');
        writer.HeaderNstring(part.Description);
        writer.Write(' ');
        writer.HeaderString(part.Encoding);
        writer.Write(' ');
        writer.Write(part.EndOffset - part.BodyOffset);
        if (isMessage)
        {
            writer.Write(' ');
            EnvelopeReply.Write(writer, part.Envelope!);
            writer.Write(' ');
            Write(writer, part.Parts[0], extended);
        }
        if (isMessage || part.Type == "TEXT")
        {
            writer.Write(' ');
            writer.Write(part.Lines);
        }
        if (!extended)
            return;
        writer.Write(' ');
        writer.HeaderNstring(part.Md5);
        WriteCommonExtension(writer, part);
    }

    /// <summary>RFC 2046 §4.1.2: text/plain that does not say its charset is US-ASCII, which many clients want to be told.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>> ParametersOf(BodyPart part) =>
        part is { Type: "TEXT", Subtype: "PLAIN" } && part.Parameter("charset") is null ? [.. part.Parameters, UsAscii] : part.Parameters;

    /// <summary>Disposition, language and location.</summary>
    private static void WriteCommonExtension(ImapWriter writer, BodyPart part)
    {
        writer.Write(' ');
        if (part.Disposition is { } disposition)
        {
            writer.Write('(');
            writer.HeaderString(disposition);
            writer.Write(' ');
            WriteParameters(writer, part.DispositionParameters);
            writer.Write(')');
        }
        else
        {
            writer.Write("NIL"u8);
        }
        writer.Write(' ');
        WriteLanguages(writer, part.Language);
        writer.Write(' ');
        writer.HeaderNstring(part.Location);
    }

    private static void WriteLanguages(ImapWriter writer, IReadOnlyList<string> languages)
    {
        if (languages.Count == 0)
        {
            writer.Write("NIL"u8);
            return;
        }
        var separator = '(';
        foreach (var language in languages)
        {
            writer.Write(separator);
            writer.HeaderString(language);
            separator = ' ';
        }
        writer.Write(')');
    }

    private static void WriteParameters(ImapWriter writer, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.Count == 0)
        {
            writer.Write("NIL"u8);
            return;
        }
        var separator = '(';
        foreach (var (name, value) in JoinedParameters.Of(parameters))
        {
            writer.Write(separator);
            writer.HeaderString(name);
            writer.Write(' ');
            writer.HeaderString(value);
            separator = ' ';
        }
        writer.Write(')');
    }
}
