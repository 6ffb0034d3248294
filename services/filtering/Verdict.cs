using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>What the checks together say of a message.</summary>
/// <param name="Refusal">Where the disposition is to reject.</param>
/// <param name="Checks">Each check's part, in the order of the checks.</param>
/// <param name="Findings">As the checks, for the header fields.</param>
public sealed record Verdict(
    Disposition Disposition, double Score, Refusal? Refusal, IReadOnlyList<CheckResult> Checks, IReadOnlyList<Finding> Findings);
