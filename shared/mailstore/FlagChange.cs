namespace MailMesh.Mailstore;

/// <summary>STORE: FLAGS, +FLAGS or -FLAGS.</summary>
public sealed record FlagChange(FlagOperation Operation, SystemFlags Flags, IReadOnlyList<string> Keywords);
