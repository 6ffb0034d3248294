using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Policy;

/// <summary>RFC 2920 §3.1: who sends commands ahead does so after an EHLO that announced PIPELINING, and not past a command that ends a group.</summary>
internal static class EarlyCommands
{
    private const double Score = 1;

    /// <param name="isExtended">The session began with EHLO.</param>
    /// <param name="hasMore">A line that came with the command waits behind it.</param>
    public static PolicyFinding? Check(RuleMode mode, SmtpVerb verb, bool isExtended, bool hasMore)
    {
        if (mode == RuleMode.Off || !hasMore || (isExtended && !EndsGroup(verb)))
            return null;
        return PolicyFinding.Of("pipelining", "early", $"did not wait for the answer to {verb.ToString().ToUpperInvariant()}", Score,
            mode == RuleMode.Reject ? Replies.SentTooEarly : null);
    }

    private static bool EndsGroup(SmtpVerb verb) => verb is SmtpVerb.Ehlo or SmtpVerb.Helo or SmtpVerb.StartTls or SmtpVerb.Data;
}
