using System.Data.Common;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Mime;

namespace MailMesh.Mailstore;

/// <summary>Reads headings, and looks up the references of messages that were kept before references were.</summary>
internal sealed class MessageHeadings(MailDatabase database, MailboxStore store)
{
    private const string Columns = "id, envelope, refers_to";

    /// <summary>In no order; one that went is absent.</summary>
    public Task<List<MessageHeading>> ReadAsync(IReadOnlyList<long> contentIds) => database.ReadAsync(async session =>
    {
        if (session.IsShared)
            return await session.QueryAsync($"SELECT {Columns} FROM contents WHERE id = ANY(@ids)", Row, ("@ids", contentIds.ToArray()));
        var headings = new List<MessageHeading>(contentIds.Count);
        foreach (var id in contentIds)
        {
            if (await session.FirstAsync($"SELECT {Columns} FROM contents WHERE id = @id", Row, ("@id", id)) is { } heading)
                headings.Add(heading);
        }
        return headings;
    });

    /// <summary>Reads headings of which each has its references; what had to be looked up is written down for the next time.</summary>
    public async Task<List<MessageHeading>> ReadWithReferencesAsync(IReadOnlyList<long> contentIds)
    {
        var headings = await ReadAsync(contentIds);
        var missing = headings.Where(heading => heading.RefersTo is null).Select(heading => heading.ContentId).ToArray();
        if (missing.Length == 0)
            return headings;
        var found = new Dictionary<long, string>();
        foreach (var content in await store.ContentsAsync(missing))
        {
            if (await LookUpAsync(content) is { } refersTo)
                found.Add(content.Id, refersTo);
        }
        await database.WriteAsync(session => KeepAsync(session, found));
        return headings.ConvertAll(heading => heading.RefersTo is null ? heading with { RefersTo = found.GetValueOrDefault(heading.ContentId, "") } : heading);
    }

    /// <summary>Null where the message cannot be read: another time it may be.</summary>
    private async Task<string?> LookUpAsync(MessageContent content)
    {
        try
        {
            await using var message = await store.OpenMessageAsync(content);
            var inReplyTo = MessageIndex.DecodeEnvelope(content.Envelope).InReplyTo;
            return await SynchronousReading.RunAsync(content.BlobSize, () => MessageIds.ReadRefersTo(message, inReplyTo));
        }
        catch (BlobException)
        {
            return null;
        }
    }

    private static async Task KeepAsync(DatabaseSession session, Dictionary<long, string> found)
    {
        foreach (var (id, refersTo) in found.OrderBy(pair => pair.Key))
            await session.ExecuteAsync("UPDATE contents SET refers_to = @refers_to WHERE id = @id AND refers_to IS NULL", ("@refers_to", refersTo), ("@id", id));
    }

    private static MessageHeading Row(DbDataReader row) => new(row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.IsDBNull(2) ? null : row.GetString(2));
}
