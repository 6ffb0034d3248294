using System.Globalization;
using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 6858: what a client that takes no UTF-8 in headers is shown of them.</summary>
/// <remarks>
/// Where the RFC leaves out what cannot be shown, we keep what RFC 6857 keeps: parameters by RFC 2231, so that a file has its name. A domain becomes its ASCII
/// form, so that an address with an ASCII local-part stays one that can be answered. Octets that are not UTF-8 stay as they are: nobody knows what they mean.
/// </remarks>
public static class SimpleDowngrade
{
    /// <summary>§2.1: an address that nobody has.</summary>
    private const string InvalidMailbox = "invalid";

    private const string InvalidHost = "internationalized-address.invalid";

    /// <summary>RFC 2231 §3: octets of a value that one piece of a parameter holds.</summary>
    private const int MaxPiece = 60;

    public static MessageEnvelope Of(MessageEnvelope envelope)
    {
        var from = Of(envelope.From);
        return new MessageEnvelope
        {
            Date = Dropped(envelope.Date),
            Subject = Text(envelope.Subject),
            From = from,
            Sender = ReferenceEquals(envelope.Sender, envelope.From) ? from : Of(envelope.Sender),
            ReplyTo = ReferenceEquals(envelope.ReplyTo, envelope.From) ? from : Of(envelope.ReplyTo),
            To = Of(envelope.To),
            Cc = Of(envelope.Cc),
            Bcc = Of(envelope.Bcc),
            InReplyTo = Dropped(envelope.InReplyTo),
            MessageId = Dropped(envelope.MessageId),
        };
    }

    internal static IReadOnlyList<EnvelopeAddress> Of(IReadOnlyList<EnvelopeAddress> addresses) => [.. addresses.Select(Of)];

    /// <summary>§2.3: text that people read.</summary>
    internal static string? Text(string? text) => EncodedWords.AreNeededFor(text) ? EncodedWords.Encode(text!) : text;

    /// <summary>§2.4: what cannot be shown is left out.</summary>
    internal static string? Dropped(string? text) => EncodedWords.AreNeededFor(text) ? null : text;

    /// <summary>§2.2, parameters in the form in which they stand in a header.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Of(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (!parameters.Any(IsInternational))
            return parameters;
        var shown = new List<KeyValuePair<string, string>>(parameters.Count);
        foreach (var parameter in parameters)
        {
            if (!IsInternational(parameter))
                shown.Add(parameter);
            else if (Ascii.IsValid(parameter.Key) && !parameter.Key.Contains('*', StringComparison.Ordinal))
                AddExtended(shown, parameter);
        }
        return shown;
    }

    internal static bool IsInternational(KeyValuePair<string, string> parameter) =>
        EncodedWords.AreNeededFor(parameter.Key) || EncodedWords.AreNeededFor(parameter.Value);

    private static EnvelopeAddress Of(EnvelopeAddress address)
    {
        if (address.Host is null) // a group
            return address with { Mailbox = Text(address.Mailbox) };
        var host = EncodedWords.AreNeededFor(address.Host) ? AsciiDomain(address.Host) : address.Host;
        if (host is not null && !EncodedWords.AreNeededFor(address.Mailbox) && !EncodedWords.AreNeededFor(address.Route))
            return address with { Name = Text(address.Name), Host = host };
        // Its name tells the person at the client whose address it is.
        var told = $"{address.Mailbox}@{address.Host}";
        return new EnvelopeAddress(EncodedWords.Encode(address.Name is null ? told : $"{address.Name} <{told}>"), null, InvalidMailbox, InvalidHost);
    }

    private static string? AsciiDomain(string domain)
    {
        try
        {
            return new IdnMapping { UseStd3AsciiRules = true }.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>RFC 2231 §4, in pieces where it is long (§4.1).</summary>
    private static void AddExtended(List<KeyValuePair<string, string>> shown, KeyValuePair<string, string> parameter)
    {
        var pieces = new List<StringBuilder> { new("utf-8''") };
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in parameter.Value.EnumerateRunes())
        {
            if (pieces[^1].Length > MaxPiece)
                pieces.Add(new StringBuilder());
            foreach (var octet in octets[..rune.EncodeToUtf8(octets)])
            {
                if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'.' or (byte)'-' or (byte)'_')
                    pieces[^1].Append((char)octet);
                else
                    pieces[^1].Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }
        for (var i = 0; i < pieces.Count; i++)
            shown.Add(new KeyValuePair<string, string>(pieces.Count == 1 ? $"{parameter.Key}*" : $"{parameter.Key}*{i}*", pieces[i].ToString()));
    }
}
