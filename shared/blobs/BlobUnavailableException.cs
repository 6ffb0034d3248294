namespace MailMesh.Blobs;

/// <summary>The store does not give a body now: it is away, slow or refuses. The body is not known to be damaged, and the same read may succeed later.</summary>
public sealed class BlobUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
