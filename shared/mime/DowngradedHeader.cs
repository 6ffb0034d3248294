using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MailMesh.Mime;

/// <summary>A header whose fields with UTF-8 are replaced as <see cref="SimpleDowngrade"/> says; the others stay as they stand.</summary>
/// <param name="isGlobalMessage">The header is that of a part of type message/global, which its client is shown as the message/rfc822 that it then is (RFC 6532 §3.7).</param>
internal sealed class DowngradedHeader(bool isGlobalMessage)
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    /// <summary>The header, its empty line included.</summary>
    /// <param name="header">From its first octet to its body's.</param>
    public byte[] Of(ReadOnlySpan<byte> header)
    {
        while (!header.IsEmpty)
        {
            var length = FieldLength(header);
            Take(header[..length]);
            header = header[length..];
        }
        return _output.WrittenSpan.ToArray();
    }

    /// <summary>A line, and those after it that begin with a blank.</summary>
    private static int FieldLength(ReadOnlySpan<byte> header)
    {
        var length = 0;
        do
        {
            var end = header[length..].IndexOf((byte)'\n');
            if (end < 0)
                return header.Length;
            length += end + 1;
        }
        while (length < header.Length && header[length] is (byte)' ' or (byte)'\t');
        return length;
    }

    private void Take(ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        var isInternational = !Ascii.IsValid(field) && Utf8.IsValid(field);
        if (colon < 0 || !(isInternational || isGlobalMessage))
        {
            _output.Write(field);
            return;
        }
        var name = HeaderOctets.GetString(field[..colon].TrimEnd(" \t"u8));
        var value = HeaderOctets.GetString(field[(colon + 1)..]).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Trim(' ', '\t');
        if (isGlobalMessage && name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            WriteType(field, name, value);
        else if (isInternational && Ascii.IsValid(name))
            Write(field, name, value);
        else if (!isInternational)
            _output.Write(field);
    }

    private void Write(ReadOnlySpan<byte> field, string name, string value)
    {
        switch (name.ToUpperInvariant())
        {
            case "FROM" or "SENDER" or "REPLY-TO" or "TO" or "CC" or "BCC" or "RETURN-PATH"
                or "RESENT-FROM" or "RESENT-SENDER" or "RESENT-REPLY-TO" or "RESENT-TO" or "RESENT-CC" or "RESENT-BCC":
                WriteAddresses(name, value);
                break;
            case "SUBJECT" or "COMMENTS" or "CONTENT-DESCRIPTION":
                Write(name, EncodedWords.Encode(value).Split(' '), "\r\n ");
                break;
            case "CONTENT-TYPE":
                WriteType(field, name, value);
                break;
            case "CONTENT-DISPOSITION":
                WriteDisposition(name, value);
                break;
            case "CONTENT-TRANSFER-ENCODING":
                _output.Write(field); // without it the body would read as another
                break;
        }
    }

    private void WriteType(ReadOnlySpan<byte> field, string name, string value)
    {
        var cursor = new FieldCursor(value);
        var type = cursor.ReadToken().ToString();
        var subtype = cursor.TryTake('/') ? cursor.ReadToken().ToString() : "";
        var parameters = cursor.ReadParameters();
        // A type that is none, or a boundary in another form, would change what the body is.
        var isKept = type.Length == 0 || subtype.Length == 0 || !Ascii.IsValid(type + subtype)
            || parameters.Any(parameter => parameter.Key.Equals("boundary", StringComparison.OrdinalIgnoreCase) && SimpleDowngrade.IsInternational(parameter));
        var shown = isGlobalMessage && subtype.Equals("global", StringComparison.OrdinalIgnoreCase) ? "rfc822" : subtype;
        if (isKept)
            _output.Write(field);
        else
            WriteParameters(name, $"{type}/{shown}", SimpleDowngrade.Of(parameters));
    }

    private void WriteDisposition(string name, string value)
    {
        var cursor = new FieldCursor(value);
        var disposition = cursor.ReadToken().ToString();
        if (disposition.Length > 0 && Ascii.IsValid(disposition))
            WriteParameters(name, disposition, SimpleDowngrade.Of(cursor.ReadParameters()));
    }

    private void WriteParameters(string name, string value, IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        Write(name, [value, .. parameters.Select(parameter => $"{parameter.Key}={Value(parameter)}")], ";\r\n ");

    /// <summary>RFC 2231 §4: an extended value is never quoted.</summary>
    private static string Value(KeyValuePair<string, string> parameter) =>
        parameter.Key.EndsWith('*') ? parameter.Value : Quoted(parameter.Value);

    private void WriteAddresses(string name, string value)
    {
        var isReturnPath = name.Equals("Return-Path", StringComparison.OrdinalIgnoreCase);
        var shown = new List<string>();
        var opensGroup = false;
        foreach (var address in SimpleDowngrade.Of(AddressList.Read(value)))
        {
            var isEnd = address is { Host: null, Mailbox: null };
            var text = isEnd ? ";" : address.Host is null ? $"{Phrase(address.Mailbox!)}:" : Mailbox(isReturnPath ? address with { Name = null } : address);
            if (isEnd || opensGroup)
                shown[^1] += isEnd ? text : $" {text}"; // no comma stands there
            else
                shown.Add(text);
            opensGroup = address is { Host: null, Mailbox: not null };
        }
        Write(name, shown, ",\r\n ");
    }

    private static string Mailbox(EnvelopeAddress address)
    {
        var local = address.Mailbox!.All(IsAtomText) ? address.Mailbox! : Quoted(address.Mailbox!);
        var spec = address.Host == EnvelopeAddress.MissingHost ? local : $"{local}@{address.Host}";
        if (address is { Mailbox: EnvelopeAddress.MissingMailbox, Host: EnvelopeAddress.MissingHost, Name: { } nameAlone })
            return Phrase(nameAlone);
        return address.Name is null ? $"<{spec}>" : $"{Phrase(address.Name)}\r\n <{spec}>";
    }

    /// <summary>Words as they are, encoded ones among them, or quoted where a character has a meaning of its own.</summary>
    private static string Phrase(string text) =>
        text.Length > 0 && text.All(c => c != '.' && (c is ' ' or > '~' || IsAtomText(c)))
            ? text.Replace("?= =?", "?=\r\n =?", StringComparison.Ordinal)
            : Quoted(text);

    /// <summary>RFC 5322 §3.2.3 dot-atom-text.</summary>
    private static bool IsAtomText(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal);

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>The field, with a line's end between its words; nothing where it has none.</summary>
    private void Write(string name, IReadOnlyList<string> words, string separator)
    {
        if (words.Count > 0)
            _output.Write(HeaderOctets.GetBytes($"{name}: {string.Join(separator, words)}\r\n"));
    }
}
