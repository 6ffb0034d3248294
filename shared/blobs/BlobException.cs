namespace MailMesh.Blobs;

/// <summary>A body is missing or damaged.</summary>
public sealed class BlobException(string message, Exception? inner = null) : IOException(message, inner);
