namespace MailMesh.Contracts;

/// <summary>A message has a version that this program does not know. No retry helps: it belongs into the error queue at once, for a program that knows it.</summary>
public sealed class UnknownContractVersionException(string contract, int version, int known)
    : Exception($"{contract} has version {version}, but this program knows 1 to {known}: upgrade it, then retry the message.");
