using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>A contents row before it has an id.</summary>
internal sealed record IndexedContent(string MessageId, string Blob, long BlobSize, byte[] HeaderPrefix, byte[] Envelope, byte[] Structure)
{
    /// <summary>RFC822.SIZE.</summary>
    public long Size => BlobSize + HeaderPrefix.Length;

    public Task<long> InsertAsync(DatabaseSession session, DateTimeOffset now) => session.ScalarAsync<long>(
        """
        INSERT INTO contents (message_id, blob, blob_size, header_prefix, envelope, structure, created_at)
        VALUES (@message, @blob, @size, @prefix, @envelope, @structure, @now) RETURNING id
        """,
        ("@message", MessageId), ("@blob", Blob), ("@size", BlobSize), ("@prefix", HeaderPrefix), ("@envelope", Envelope), ("@structure", Structure),
        ("@now", now.ToUnixTimeMilliseconds()));
}
