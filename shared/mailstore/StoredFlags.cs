namespace MailMesh.Mailstore;

/// <summary>What became of a STORE.</summary>
/// <param name="Changes">Of the mailbox since the MODSEQ before; null where nothing changed.</param>
/// <param name="Refused">UIDs whose MODSEQ was higher than the condition's (RFC 7162), ascending.</param>
internal sealed record StoredFlags(MailboxChanges? Changes, IReadOnlyList<long> Refused);
