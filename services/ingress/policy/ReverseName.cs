namespace MailMesh.Ingress.Policy;

/// <summary>The client's name by DNS.</summary>
/// <param name="Name">Confirmed forwards and backwards; null where there is none.</param>
/// <param name="Finding">What that says of the client.</param>
internal sealed record ReverseName(string? Name, PolicyFinding Finding);
