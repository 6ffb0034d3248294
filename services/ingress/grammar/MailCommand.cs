using System.Globalization;
using System.Text;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>
/// RFC 5321 §4.1.1.2: MAIL FROM, with SIZE (RFC 1870), BODY (RFC 6152, 3030), SMTPUTF8 (RFC 6531), AUTH (RFC 4954), RET and ENVID (RFC 3461),
/// MT-PRIORITY (RFC 6710), BY (RFC 2852), REQUIRETLS (RFC 8689), HOLDFOR and HOLDUNTIL (RFC 4865).
/// </summary>
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

    /// <summary>RET: FULL or HDRS; null where it does not say.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>ENVID in xtext; null where none is given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>MT-PRIORITY as asked for; null where none is.</summary>
    public int? Priority { get; init; }

    public DeliverByParameter? DeliverBy { get; init; }

    public bool RequireTls { get; init; }

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
            if (!IsKnown(parameter.Keyword))
                return Replies.UnknownParameter;
            if (mail.With(parameter) is not { } applied)
                return Replies.BadParameterValue;
            mail = applied;
        }
        // RFC 6531 §3.5.
        return mail.Smtputf8 || Ascii.IsValid(mail.ReversePath) ? mail : Replies.NeedsSmtputf8;
    }

    private static bool IsKnown(string keyword) =>
        keyword is "SIZE" or "BODY" or "SMTPUTF8" or "AUTH" or "RET" or "ENVID" or "MT-PRIORITY" or "BY" or "REQUIRETLS" or "HOLDFOR" or "HOLDUNTIL";

    /// <summary>The command with one more parameter; null where its value is wrong.</summary>
    private MailCommand? With(EsmtpParameter parameter)
    {
        var value = parameter.Value;
        return parameter.Keyword switch
        {
            // RFC 1870 §4: up to twenty digits; more than any size we know is too much.
            "SIZE" when value is { Length: <= 20 } digits && digits.All(char.IsAsciiDigit) =>
                this with { DeclaredSize = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : long.MaxValue },
            "BODY" when string.Equals(value, "8BITMIME", StringComparison.OrdinalIgnoreCase) => this with { EightBitMime = true },
            "BODY" when string.Equals(value, "BINARYMIME", StringComparison.OrdinalIgnoreCase) => this with { BinaryMime = true },
            "BODY" when string.Equals(value, "7BIT", StringComparison.OrdinalIgnoreCase) => this,
            "SMTPUTF8" when value is null => this with { Smtputf8 = true },
            // RFC 4954 §5: who is said to have sent it first; nothing here trusts a client with that, so it is read and ignored.
            "AUTH" when value is not null => this,
            "RET" when DsnParameters.TryReadReturn(value, out var dsnReturn) => this with { DsnReturn = dsnReturn },
            "ENVID" when DsnParameters.IsEnvelopeId(value) => this with { EnvelopeId = value },
            "MT-PRIORITY" when PriorityParameter.TryParse(value, out var priority) => this with { Priority = priority },
            "BY" when DeliverByParameter.TryParse(value, out var by) => this with { DeliverBy = by },
            // RFC 4865 §4: one of the two at most.
            "HOLDFOR" or "HOLDUNTIL" when Hold is null && HoldRequest.Parse(parameter) is { } hold => this with { Hold = hold },
            "REQUIRETLS" when value is null => this with { RequireTls = true },
            _ => null,
        };
    }
}
