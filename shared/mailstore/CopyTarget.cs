namespace MailMesh.Mailstore;

/// <summary>Where COPY and MOVE put messages.</summary>
/// <param name="Settable">Flags that the copies keep: RFC 4314 §4 leaves out those that their reader could not set there.</param>
public sealed record CopyTarget(MailboxInfo Mailbox, SettableFlags Settable);
