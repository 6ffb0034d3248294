using MailMesh.Collation;
using MimeKit.Utils;

namespace MailMesh.Mime;

/// <summary>The text of messages as people read it, for IMAP SEARCH: charsets and encodings decoded, compared by <see cref="UnicodeCasemap"/> (RFC 5255 §4.3).</summary>
/// <remarks>Nothing here throws for what a message contains: an unknown charset, or octets that it does not have, become replacement characters.</remarks>
public static class MessageText
{
    /// <summary>A header value of an envelope or part, RFC 2047 words decoded.</summary>
    public static string Decode(string value) =>
        value.Contains("=?", StringComparison.Ordinal) || System.Text.Ascii.IsValid(value) is false || value.Contains('\e', StringComparison.Ordinal)
            ? Decode(HeaderOctets.GetBytes(value))
            : value;

    /// <summary>An unfolded header value as it stands in the message, RFC 2047 words decoded.</summary>
    public static string Decode(ReadOnlySpan<byte> value) => Charsets.HasJapaneseEscape(value) ? Charsets.DecodeJapanese(value) : Rfc2047.DecodeText(value.ToArray());

    /// <summary>RFC 3501 SEARCH HEADER: one of the header's fields of this name contains the value; an empty value asks only for the field.</summary>
    /// <param name="header">From the header's first octet; not read past its empty line.</param>
    public static bool HeaderContains(Stream header, string field, string value)
    {
        var folded = UnicodeCasemap.Fold(value);
        using var lines = new LineScanner(header);
        var fields = new HeaderFields(lines);
        while (fields.TryRead())
        {
            if (fields.IsNamed(field) && (value.Length == 0 || IsIn(folded, Decode(fields.Value))))
                return true;
        }
        return false;
    }

    /// <summary>RFC 3501 SEARCH FROM, TO, CC, BCC from the cached envelope: a decoded name, or mailbox@host, or both as 'name &lt;mailbox@host&gt;', contain the value.</summary>
    public static bool AddressesContain(IReadOnlyList<EnvelopeAddress> addresses, string value)
    {
        var folded = UnicodeCasemap.Fold(value);
        foreach (var address in addresses)
        {
            var spec = address.Host is null ? address.Mailbox : $"{address.Mailbox}@{address.Host}";
            var text = address.Name is null ? spec ?? "" : $"{Decode(address.Name)} <{spec}>";
            if (IsIn(folded, text))
                return true;
        }
        return false;
    }

    /// <summary>Addresses as people read them, a line each: decoded names, and mailboxes with their hosts.</summary>
    public static string Addresses(IReadOnlyList<EnvelopeAddress> addresses) => string.Join('\n', addresses.Select(address =>
        $"{(address.Name is null ? "" : Decode(address.Name))} {address.Mailbox}{(address.Host is null ? "" : $"@{address.Host}")}"));

    /// <summary>RFC 3501 SEARCH SUBJECT from the cached envelope.</summary>
    /// <param name="subject">As the envelope has it; null where there is none, which contains nothing.</param>
    public static bool SubjectContains(string? subject, string value) => subject is not null && IsIn(UnicodeCasemap.Fold(value), Decode(subject));

    /// <summary>RFC 3501 SEARCH BODY: a text part, or the header of an inner message, contains the value.</summary>
    /// <param name="message">From the message's first octet; need not seek.</param>
    public static bool BodyContains(Stream message, BodyPart root, string value)
    {
        if (value.Length == 0)
            return true;
        using var search = new PartSearch(UnicodeCasemap.Fold(value));
        return PartContains(new ForwardReader(message), root, search);
    }

    /// <summary>RFC 3501 SEARCH TEXT: header or body contain the value; the fields of parts are <see cref="PartFieldsContain"/>.</summary>
    /// <param name="message">From the message's first octet; need not seek.</param>
    public static bool TextContains(Stream message, BodyPart root, string value)
    {
        if (value.Length == 0)
            return true;
        using var search = new PartSearch(UnicodeCasemap.Fold(value));
        var reader = new ForwardReader(message);
        return search.HeaderContains(reader, root) || PartContains(reader, root, search);
    }

    /// <summary>RFC 9051 §6.4.4 TEXT: the MIME header fields of a part below the root contain the value. Needs no message, only its index.</summary>
    public static bool PartFieldsContain(BodyPart root, string value) => AnyPartContains(root, UnicodeCasemap.Fold(value));

    /// <summary>The Date field for SENTBEFORE, SENTON and SENTSINCE; null where it is absent or none.</summary>
    public static DateTimeOffset? Date(MessageEnvelope envelope) =>
        envelope.Date is { } text && DateUtils.TryParse(text, out var date) ? date : null;

    private static bool IsIn(string folded, string text) => UnicodeCasemap.Fold(text).Contains(folded, StringComparison.Ordinal);

    private static bool AnyPartContains(BodyPart part, string folded) =>
        part.Parts.Any(child => IsIn(folded, PartFields.Of(child)) || AnyPartContains(child, folded));

    private static bool PartContains(ForwardReader reader, BodyPart part, PartSearch search)
    {
        if (part.Parts.Count == 0)
            return part.Type is "TEXT" or "MESSAGE" && search.BodyContains(reader, part);
        foreach (var child in part.Parts)
        {
            if (part.IsMessage && search.HeaderContains(reader, child))
                return true;
            if (PartContains(reader, child, search))
                return true;
        }
        return false;
    }
}
