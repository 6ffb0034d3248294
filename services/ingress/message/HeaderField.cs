using System.Text;
using MailMesh.Accounts;
using MailMesh.Mime;

namespace MailMesh.Ingress.Message;

/// <summary>One field of a header as it stands.</summary>
/// <param name="Name">Without the blanks that the obsolete syntax allows before the colon; empty for a line that is no field.</param>
/// <param name="Octets">The whole field with its folded lines and their CRLFs.</param>
/// <param name="Body">What follows the colon.</param>
internal readonly record struct HeaderField(string Name, ReadOnlyMemory<byte> Octets, ReadOnlyMemory<byte> Body)
{
    /// <summary>The value, unfolded (RFC 5322 §2.2.3).</summary>
    public string Value => Encoding.UTF8.GetString(Body.Span).Replace("\r\n", "", StringComparison.Ordinal).Trim(' ', '\t');

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The mailboxes of an address field; null where one of its addresses is none that mail can come from, or there is none.</summary>
    public IReadOnlyList<Mailbox>? Mailboxes()
    {
        var mailboxes = new List<Mailbox>();
        foreach (var address in AddressList.Read(Value))
        {
            if (address.Host is null)
                continue; // the name or the end of a group
            if (address.Route is not null || !MailAddress.TryParse($"{address.Mailbox}@{address.Host}", out var parsed) || address.Host == EnvelopeAddress.MissingHost)
                return null;
            mailboxes.Add(new Mailbox(address.Name, parsed));
        }
        return mailboxes.Count == 0 ? null : mailboxes;
    }

    /// <summary>Reads a header up to its blank line or its end.</summary>
    public static List<HeaderField> ReadAll(ReadOnlyMemory<byte> header)
    {
        var fields = new List<HeaderField>();
        while (!header.IsEmpty && !header.Span.StartsWith("\r\n"u8))
        {
            var length = LengthOf(header.Span);
            fields.Add(Read(header[..length]));
            header = header[length..];
        }
        return fields;
    }

    private static HeaderField Read(ReadOnlyMemory<byte> field)
    {
        var colon = field.Span.IndexOf((byte)':');
        var name = colon > 0 ? field.Span[..colon].TrimEnd(" \t"u8) : default;
        // A name has neither blanks nor controls: a line that has them in its place is no field.
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? new HeaderField("", field, default)
            : new HeaderField(Encoding.ASCII.GetString(name), field, field[(colon + 1)..]);
    }

    /// <summary>Up to the line that does not begin with a blank.</summary>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var length = 0;
        do
        {
            var end = header[length..].IndexOf((byte)'\n');
            length = end < 0 ? header.Length : length + end + 1;
        }
        while (length < header.Length && header[length] is (byte)' ' or (byte)'\t');
        return length;
    }
}

/// <summary>One mailbox of an address field.</summary>
/// <param name="DisplayName">As it stands, encoded words and all; null where there is none.</param>
internal sealed record Mailbox(string? DisplayName, MailAddress Address);
