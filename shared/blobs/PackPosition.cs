namespace MailMesh.Blobs;

/// <summary>A place in a pack.</summary>
public readonly record struct PackPosition(string Pack, long Offset);
