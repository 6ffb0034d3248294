using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>A contents row before it has an id.</summary>
internal sealed record IndexedContent(string MessageId, string Blob, long BlobSize, byte[] HeaderPrefix, byte[] Envelope, byte[] Structure, string RefersTo, string? Preview)
{
    /// <summary>Of the table, but for created_at.</summary>
    public const string Columns = "message_id, blob, blob_size, header_prefix, envelope, structure, refers_to, preview";

    /// <summary><see cref="Parameters"/> in the order of <see cref="Columns"/>.</summary>
    public const string Values = "@message_id, @blob, @blob_size, @header_prefix, @envelope, @structure, @refers_to, @preview";

    public (string Name, object? Value)[] Parameters =>
    [
        ("@message_id", MessageId), ("@blob", Blob), ("@blob_size", BlobSize), ("@header_prefix", HeaderPrefix),
        ("@envelope", Envelope), ("@structure", Structure), ("@refers_to", RefersTo), ("@preview", Preview),
    ];

    /// <summary>RFC822.SIZE.</summary>
    public long Size => BlobSize + HeaderPrefix.Length;

    /// <summary>As it is read with its id.</summary>
    public MessageContent ToContent(long id) => new(id, MessageId, Blob, BlobSize, HeaderPrefix, Envelope, Structure) { Preview = Preview };

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
