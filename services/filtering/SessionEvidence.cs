using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>What the SMTP session found before the message came (promise 4): names, lists, manners.</summary>
internal static class SessionEvidence
{
    /// <param name="judged">Checks of ours: one that has looked for itself has the last word.</param>
    public static IEnumerable<CheckResult> Beside(IEnumerable<CheckResult> judged, ConnectionEvidence connection)
    {
        var names = judged.Select(result => result.Check).ToHashSet();
        return connection.Checks.Where(result => !names.Contains(result.Check));
    }

    public static Finding FindingOf(CheckResult result, ConnectionEvidence connection) => new()
    {
        Result = result.Result,
        Score = result.Score,
        Evidence = result.Evidence,
        // RFC 8601 §2.7.3.
        AuthenticationResults = result.Check == "iprev" ? [$"iprev={result.Result} policy.iprev={PropertyValue.Of(connection.RemoteAddress)}"] : [],
    };
}
