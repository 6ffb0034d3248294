namespace MailMesh.Ingress.Policy;

/// <summary>What follows where a client breaks a rule; in settings off, score or reject.</summary>
internal enum RuleMode
{
    /// <summary>Nobody looks.</summary>
    Off,

    /// <summary>The message bears the evidence and its points, which filtering adds up.</summary>
    Score,

    /// <summary>The client is refused.</summary>
    Reject,
}
