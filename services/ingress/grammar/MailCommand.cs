using System.Globalization;
using System.Text;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.1.2: MAIL FROM, with SIZE (RFC 1870), BODY (RFC 6152, 3030), SMTPUTF8 (RFC 6531), AUTH (RFC 4954), HOLDFOR and HOLDUNTIL (RFC 4865).</summary>
internal sealed record MailCommand() : SmtpCommand(SmtpVerb.Mail)
{
    /// <summary>Empty: the null reverse-path.</summary>
    public required string ReversePath { get; init; }

    /// <summary>SIZE=, the octets that the client means to send; null where it does not say.</summary>
    public long? DeclaredSize { get; init; }

    public bool EightBitMime { get; init; }

    /// <summary>RFC 3030 §3: the body is any octets, and comes by BDAT alone.</summary>
    public bool BinaryMime { get; init; }

    public bool Smtputf8 { get; init; }

    /// <summary>RFC 4865: the message is to wait; null where it is not.</summary>
    public HoldRequest? Hold { get; init; }

    /// <summary>Any parameter at all: HELO allows none.</summary>
    public bool HasParameters { get; init; }

    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        if (!arguments.StartsWith("FROM:", StringComparison.OrdinalIgnoreCase))
            return Replies.MailSyntax;
        // RFC 5321 §3.3 allows no blank after the colon; scripts and old appliances send one.
        var rest = arguments[5..].TrimStart(' ');
        if (!AddressGrammar.TryReadPath(rest, out var address, out var length) || IsBarePostmaster(address))
            return Replies.BadReversePath;
        if (!EsmtpParameter.TryReadAll(rest[length..], out var parameters))
            return Replies.MailSyntax;
        return Apply(new MailCommand { ReversePath = address, HasParameters = parameters.Count > 0 }, parameters);
    }

    /// <summary>RFC 5321 §4.1.1.3 allows it to a recipient alone.</summary>
    private static bool IsBarePostmaster(string address) => address.Length > 0 && !address.Contains('@');

    private static Parsed Apply(MailCommand mail, List<EsmtpParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            switch (parameter.Keyword)
            {
                // RFC 1870 §4: up to twenty digits; more than any size we know is too much.
                case "SIZE" when parameter.Value is { Length: <= 20 } digits && digits.All(char.IsAsciiDigit):
                    mail = mail with { DeclaredSize = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : long.MaxValue };
                    break;
                case "BODY" when string.Equals(parameter.Value, "8BITMIME", StringComparison.OrdinalIgnoreCase):
                    mail = mail with { EightBitMime = true };
                    break;
                case "BODY" when string.Equals(parameter.Value, "BINARYMIME", StringComparison.OrdinalIgnoreCase):
                    mail = mail with { BinaryMime = true };
                    break;
                case "BODY" when string.Equals(parameter.Value, "7BIT", StringComparison.OrdinalIgnoreCase):
                    break;
                case "SMTPUTF8" when parameter.Value is null:
                    mail = mail with { Smtputf8 = true };
                    break;
                // RFC 4954 §5: who is said to have sent it first; nothing here trusts a client with that, so it is read and ignored.
                case "AUTH" when parameter.Value is not null:
                    break;
                // RFC 4865 §4: one of the two at most.
                case "HOLDFOR" or "HOLDUNTIL" when mail.Hold is null && HoldRequest.Parse(parameter) is { } hold:
                    mail = mail with { Hold = hold };
                    break;
                case "HOLDFOR" or "HOLDUNTIL" or "SIZE" or "BODY" or "SMTPUTF8" or "AUTH":
                    return Replies.BadParameterValue;
                default:
                    return Replies.UnknownParameter;
            }
        }
        // RFC 6531 §3.5.
        return mail.Smtputf8 || Ascii.IsValid(mail.ReversePath) ? mail : Replies.NeedsSmtputf8;
    }
}
