using System.Net;
using MailMesh.Ingress.Session;
using MailMesh.Spf;

namespace MailMesh.Ingress.Policy;

/// <summary>RFC 7208 at MAIL: may the client send for the domain of the reverse-path, or of HELO where that is null?</summary>
/// <remarks>The evidence has no points: filtering, which takes it or asks by itself, knows what SPF counts.</remarks>
internal sealed class SpfCheck(SpfEvaluator spf, PolicyOptions options, string hostname, TimeProvider clock)
{
    public const string Name = "spf";

    /// <summary>RFC 7208 §4.6.4 wants at least 20 s, which a reply to MAIL would not have from every client; what takes longer filtering asks again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>Null where there was no answer in time.</returns>
    public async Task<PolicyFinding?> CheckAsync(IPAddress client, string helo, string reversePath)
    {
        var isNull = reversePath.Length == 0;
        var question = new SpfQuestion(client, isNull ? "postmaster@" + helo : reversePath, helo, hostname);
        try
        {
            var outcome = await spf.CheckHostAsync(question).WaitAsync(Timeout, clock);
            var evidence = $"{(isNull ? "helo" : "mailfrom")} {question.Domain} from {client}: {outcome.Reason}";
            var refusal = options.Spf == RuleMode.Reject && outcome.Result == SpfResult.Fail ? Replies.SpfFailed(outcome.Explanation) : null;
            return PolicyFinding.Of(Name, outcome.Result.ToString().ToLowerInvariant(), evidence, refusal: refusal);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
