namespace MailMesh.Mailstore;

/// <summary>What lists of messages are ordered by.</summary>
/// <param name="Envelope">In the encoding of shared/mime.</param>
/// <param name="RefersTo">Message-IDs of References, or else of In-Reply-To, divided by one space; empty for none, null where nobody looked yet.</param>
public sealed record MessageHeading(long ContentId, byte[] Envelope, string? RefersTo);
