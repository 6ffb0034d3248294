using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.1.3: RCPT TO. A local-part alone is allowed for postmaster (§4.5.1).</summary>
internal sealed record RcptCommand(string ForwardPath) : SmtpCommand(SmtpVerb.Rcpt)
{
    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        if (!arguments.StartsWith("TO:", StringComparison.OrdinalIgnoreCase))
            return Replies.RcptSyntax;
        var rest = arguments[3..].TrimStart(' ');
        if (!AddressGrammar.TryReadPath(rest, out var address, out var length) || address.Length == 0)
            return Replies.BadForwardPath;
        if (!EsmtpParameter.TryReadAll(rest[length..], out var parameters))
            return Replies.RcptSyntax;
        return parameters.Count > 0 ? Replies.UnknownParameter : new RcptCommand(address);
    }
}
