using System.Text;
using System.Text.Json;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Storage;

/// <summary>What refers to bodies: contents, the outbound queue, scheduled mail, the messages on their way in the spool, and those in the error queues of a mesh.</summary>
/// <param name="errors">Null in standalone, which has none.</param>
public sealed class BlobReferences(MailDatabase database, IBlobCollector packs, ErrorQueues.ErrorQueues? errors = null)
{
    /// <summary>Rows read or written at once: memory stays bounded, and no writer waits long.</summary>
    public const int Page = 500;

    /// <summary>Packs that hold a message on its way; its commands carry the reference too, so they are left alone.</summary>
    /// <exception cref="IOException">The broker does not say what waits in the error queues.</exception>
    public async Task<HashSet<string>> PacksInTransitAsync(CancellationToken cancellationToken)
    {
        var inTransit = await PacksInErrorQueuesAsync(cancellationToken);
        var after = "";
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = await database.ReadAsync(session => session.QueryAsync(
                "SELECT message_id, payload FROM spool WHERE message_id > @after ORDER BY message_id LIMIT @page",
                row => (Id: row.GetString(0), Payload: row.GetString(1)), ("@after", after), ("@page", Page)));
            foreach (var (_, payload) in rows)
                inTransit.Add(packs.PackOf(BodyOf(payload)));
            if (rows.Count < Page)
                return inTransit;
            after = rows[^1].Id;
        }
    }

    /// <summary>An operator may take any time to decide about a message there, and must find its body then.</summary>
    private async Task<HashSet<string>> PacksInErrorQueuesAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (errors is null)
            return found;
        var most = (await errors.CountAsync(cancellationToken)).Max(queue => queue.Messages);
        if (most > ErrorQueues.ErrorQueues.MaxMessages)
            throw new IOException($"{most} messages wait in an error queue, more than can be looked through for their bodies.");
        if (most > 0)
            await errors.VisitAsync(message => found.UnionWith(packs.PacksIn(Encoding.UTF8.GetString(message.Body.Span))), cancellationToken);
        return found;
    }

    /// <summary>A page of the references into a pack, each once, in order.</summary>
    /// <param name="after">The last one of the page before; empty for the first.</param>
    public Task<List<string>> IntoAsync(string pack, string after) => database.ReadAsync(session => session.QueryAsync(
        """
        SELECT blob FROM contents WHERE blob > @after AND blob < @end
        UNION
        SELECT blob FROM queue WHERE blob > @after AND blob < @end
        UNION
        SELECT blob FROM held_messages WHERE blob > @after AND blob < @end
        ORDER BY 1 LIMIT @page
        """,
        row => row.GetString(0), ("@after", after.Length > 0 ? after : pack + "."), ("@end", pack + "/"), ("@page", Page))); // '/' follows '.'

    /// <summary>Points everything at the bodies' new places, in one transaction.</summary>
    public Task ReplaceAsync(IReadOnlyList<(string Old, string New)> moved) => database.WriteAsync(async session =>
    {
        foreach (var (old, @new) in moved)
        {
            await session.ExecuteAsync("UPDATE contents SET blob = @new WHERE blob = @old", ("@new", @new), ("@old", old));
            await session.ExecuteAsync("UPDATE queue SET blob = @new WHERE blob = @old", ("@new", @new), ("@old", old));
            await session.ExecuteAsync("UPDATE held_messages SET blob = @new WHERE blob = @old", ("@new", @new), ("@old", old));
        }
    });

    /// <summary>A payload that cannot be read stops the collection: what it refers to must not go.</summary>
    private static string BodyOf(string payload)
    {
        using var message = JsonDocument.Parse(payload);
        return message.RootElement.GetProperty(nameof(MessageReceived.Body)).GetString()!;
    }
}
