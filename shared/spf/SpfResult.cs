namespace MailMesh.Spf;

/// <summary>RFC 7208 §2.6: the results of check_host().</summary>
public enum SpfResult
{
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

/// <summary>A result and what it rests on.</summary>
/// <param name="Result">RFC 7208 §2.6.</param>
/// <param name="Reason">The mechanism that matched, or what went wrong.</param>
/// <param name="Explanation">RFC 7208 §6.2: what the domain says of a fail; null for none.</param>
public sealed record SpfOutcome(SpfResult Result, string Reason, string? Explanation = null);

/// <summary>RFC 7208 §2.6: evaluation ends here with temperror or permerror.</summary>
internal sealed class SpfException(SpfResult result, string reason) : Exception(reason)
{
    public SpfResult Result { get; } = result;

    public static SpfException Permanent(string reason) => new(SpfResult.PermError, reason);
}
