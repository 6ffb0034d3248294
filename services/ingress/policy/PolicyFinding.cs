using MailMesh.Contracts;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Policy;

/// <summary>What a check found.</summary>
/// <param name="Evidence">Goes with the message.</param>
/// <param name="Refusal">Where the rule's mode is to reject.</param>
internal sealed record PolicyFinding(IReadOnlyList<CheckResult> Evidence, Reply? Refusal = null)
{
    public static PolicyFinding Of(string check, string result, string evidence, double score = 0, Reply? refusal = null) =>
        new([new CheckResult { Check = check, Result = result, Score = score, Evidence = evidence, Version = Version }], refusal);

    /// <summary>Of all checks before DATA.</summary>
    private const string Version = "1";
}
