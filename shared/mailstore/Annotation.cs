namespace MailMesh.Mailstore;

/// <summary>RFC 5464: a value kept with a mailbox or the server, under a name.</summary>
/// <param name="Entry">Lower case, with its /private or /shared.</param>
/// <param name="Value">Null for none.</param>
public sealed record Annotation(string Entry, byte[]? Value);
