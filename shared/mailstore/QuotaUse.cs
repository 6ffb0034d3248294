namespace MailMesh.Mailstore;

/// <summary>RFC 9208: what the mailboxes of an account hold together, and may hold; a limit that is null is none.</summary>
public sealed record QuotaUse(long Octets, long? MaxOctets, long Messages, long? MaxMessages);
