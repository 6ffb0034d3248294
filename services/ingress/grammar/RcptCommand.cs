using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.1.3: RCPT TO, with NOTIFY and ORCPT (RFC 3461). A local-part alone is allowed for postmaster (§4.5.1).</summary>
internal sealed record RcptCommand(string ForwardPath) : SmtpCommand(SmtpVerb.Rcpt)
{
    /// <summary>NOTIFY in upper case; null where none is given.</summary>
    public string? Notify { get; init; }

    /// <summary>ORCPT as given.</summary>
    public string? OriginalRecipient { get; init; }

    /// <summary>Any parameter at all: HELO allows none.</summary>
    public bool HasParameters { get; init; }

    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        if (!arguments.StartsWith("TO:", StringComparison.OrdinalIgnoreCase))
            return Replies.RcptSyntax;
        var rest = arguments[3..].TrimStart(' ');
        if (!AddressGrammar.TryReadPath(rest, out var address, out var length) || address.Length == 0)
            return Replies.BadForwardPath;
        if (!EsmtpParameter.TryReadAll(rest[length..], out var parameters))
            return Replies.RcptSyntax;
        return Apply(new RcptCommand(address) { HasParameters = parameters.Count > 0 }, parameters);
    }

    private static Parsed Apply(RcptCommand rcpt, List<EsmtpParameter> parameters)
    {
        foreach (var (keyword, value) in parameters)
        {
            switch (keyword)
            {
                case "NOTIFY" when DsnParameters.TryReadNotify(value, out var notify):
                    rcpt = rcpt with { Notify = notify };
                    break;
                case "ORCPT" when DsnParameters.IsOriginalRecipient(value):
                    rcpt = rcpt with { OriginalRecipient = value };
                    break;
                case "NOTIFY" or "ORCPT":
                    return Replies.BadParameterValue;
                default:
                    return Replies.UnknownParameter;
            }
        }
        return rcpt;
    }
}
