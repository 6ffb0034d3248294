namespace MailMesh.Mailstore;

/// <summary>RFC 4314 §2: one line of a mailbox's access control list.</summary>
/// <param name="Identifier">As clients write it: an address, or 'anyone'; with '-' before it, rights that are taken away.</param>
public sealed record RightsEntry(string Identifier, MailboxRights Rights);
