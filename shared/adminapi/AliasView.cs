namespace MailMesh.AdminApi;

/// <summary>Mail for Source goes to Target; several with one source go to each target.</summary>
/// <param name="Source">An address, or '@domain' for every address of the domain that is nothing else.</param>
public sealed record AliasView(string Source, string Target, DateTimeOffset CreatedAt);

public sealed record NewAlias(string Source, string Target);

/// <summary>The targets that mail for Source no longer goes to.</summary>
public sealed record RemovedAlias(string Source, IReadOnlyList<string> Targets);
