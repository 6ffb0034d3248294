using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>A contents row before it has an id.</summary>
internal sealed record IndexedContent(string MessageId, string Blob, long BlobSize, byte[] HeaderPrefix, byte[] Envelope, byte[] Structure, string RefersTo, string? Preview)
{
    /// <summary>RFC822.SIZE.</summary>
    public long Size => BlobSize + HeaderPrefix.Length;

    private static readonly RowInsert Insert = new(
        "contents",
        [
            ("message_id", "text"), ("blob", "text"), ("blob_size", "bigint"), ("header_prefix", "bytea"), ("envelope", "bytea"), ("structure", "bytea"),
            ("refers_to", "text"), ("preview", "text"), ("created_at", "bigint"),
        ],
        ending: "RETURNING id, blob");

    /// <summary>Gives the id of each, in their order.</summary>
    public static async Task<List<long>> InsertAsync(DatabaseSession session, IReadOnlyList<IndexedContent> contents, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var rows = contents.Select(c => new object?[] { c.MessageId, c.Blob, c.BlobSize, c.HeaderPrefix, c.Envelope, c.Structure, c.RefersTo, c.Preview, at }).ToList();
        var inserted = await Insert.RunAsync(session, rows, row => (Id: row.GetInt64(0), Blob: row.GetString(1)));
        for (var i = 0; i < contents.Count; i++)
        {
            if (inserted[i].Blob != contents[i].Blob)
                throw new InvalidOperationException("The database gave back rows in another order than it was given them."); // it never does
        }
        return inserted.ConvertAll(row => row.Id);
    }
}
