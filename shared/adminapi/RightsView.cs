namespace MailMesh.AdminApi;

/// <summary>What somebody may do with a mailbox of another account (RFC 4314).</summary>
/// <param name="Identifier">An account's address, or 'anyone'; with '-' before it, rights that are taken away.</param>
/// <param name="Rights">Letters of RFC 4314 §2.1.</param>
public sealed record RightsView(string Identifier, string Rights);
