using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 5464: annotations of mailboxes and of the server. A private one is its reader's alone, a shared one everybody's. They go with their mailbox, by whatever name.</summary>
/// <remarks>/private/specialuse of an account's own mailbox is its special use (RFC 6154 §4), which is kept with the mailbox itself.</remarks>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxAnnotations(MailDatabase database, IMessageBus bus)
{
    /// <summary>Octets of a value; RFC 5464 §3 wants 1024 at least.</summary>
    public const int MaxValueBytes = 32 * 1024;

    /// <summary>Annotations of one mailbox, or of the server: shared ones, and private ones of one reader.</summary>
    public const int MaxEntries = 100;

    public const string SpecialUse = "/private/specialuse";

    private const string Private = "/private/";

    private const string Under = "(entry = @entry OR (@depth > 0 AND substr(entry, 1, length(@entry) + 1) = @entry || '/'))";

    /// <summary>The entry, and those below it as far as is asked; nothing where there is none.</summary>
    /// <param name="mailbox">Null for the server.</param>
    /// <param name="entry">Lower case.</param>
    public async Task<IReadOnlyList<Annotation>> GetAsync(long readerId, MailboxInfo? mailbox, string entry, AnnotationDepth depth = AnnotationDepth.Entry)
    {
        var found = await database.ReadAsync(session => mailbox is null
            ? session.QueryAsync(
                $"SELECT entry, value FROM server_annotations WHERE reader_id = @reader AND {Under} ORDER BY entry",
                row => new Annotation(row.GetString(0), row.GetFieldValue<byte[]>(1)), ("@reader", OwnerOf(readerId, entry)), ("@entry", entry), ("@depth", (int)depth))
            : session.QueryAsync(
                $"SELECT entry, value FROM mailbox_annotations WHERE mailbox_id = @mailbox AND reader_id = @reader AND {Under} ORDER BY entry",
                row => new Annotation(row.GetString(0), row.GetFieldValue<byte[]>(1)),
                ("@mailbox", mailbox.Id), ("@reader", OwnerOf(readerId, entry)), ("@entry", entry), ("@depth", (int)depth)));
        if (mailbox is { SpecialUse: { } use } && mailbox.AccountId == readerId && (entry == SpecialUse || (depth != AnnotationDepth.Entry && SpecialUse.StartsWith(entry + "/", StringComparison.Ordinal))))
            found.Add(new Annotation(SpecialUse, System.Text.Encoding.ASCII.GetBytes(use)));
        return depth == AnnotationDepth.Children ? found.FindAll(annotation => annotation.Entry.IndexOf('/', Math.Min(entry.Length + 1, annotation.Entry.Length)) < 0) : found;
    }

    /// <summary>Sets and removes annotations, all or none.</summary>
    /// <param name="mailbox">Null for the server, which has no shared ones that a reader may set.</param>
    public async Task SetAsync(long readerId, MailboxInfo? mailbox, IReadOnlyList<Annotation> annotations)
    {
        await database.WriteAsync(async session =>
        {
            if (mailbox is null)
                await MailboxRows.LockAccountAsync(session, readerId);
            else
                await MailboxRows.LockAsync(session, mailbox.Id);
            foreach (var annotation in annotations)
                await PutAsync(session, readerId, mailbox, annotation);
            if (await CountAsync(session, readerId, mailbox) > MaxEntries)
                throw new MailboxException(MailboxRefusal.TooManyAnnotations, "There are too many annotations.");
        });
        foreach (var group in annotations.GroupBy(a => OwnerOf(readerId, a.Entry), a => a.Entry))
        {
            await MailboxEvents.PublishAsync(bus, new MailboxChanged
            {
                AccountId = mailbox?.AccountId ?? readerId,
                MailboxId = mailbox?.Id ?? 0,
                ModSeq = 0,
                Entries = [.. group],
                ReaderId = group.Key,
            });
        }
    }

    private static async Task PutAsync(DatabaseSession session, long readerId, MailboxInfo? mailbox, Annotation annotation)
    {
        var reader = OwnerOf(readerId, annotation.Entry);
        if (mailbox is not null && annotation.Entry == SpecialUse)
        {
            var use = annotation.Value is { Length: > 0 } value ? System.Text.Encoding.ASCII.GetString(value) : null;
            await session.ExecuteAsync("UPDATE mailboxes SET special_use = @use WHERE id = @mailbox AND account_id = @reader", ("@use", use), ("@mailbox", mailbox.Id), ("@reader", readerId));
        }
        else if (mailbox is null && annotation.Value is null)
            await session.ExecuteAsync("DELETE FROM server_annotations WHERE reader_id = @reader AND entry = @entry", ("@reader", reader), ("@entry", annotation.Entry));
        else if (mailbox is null)
            await session.ExecuteAsync(
                "INSERT INTO server_annotations (reader_id, entry, value) VALUES (@reader, @entry, @value) ON CONFLICT (reader_id, entry) DO UPDATE SET value = excluded.value",
                ("@reader", reader), ("@entry", annotation.Entry), ("@value", annotation.Value));
        else if (annotation.Value is null)
            await session.ExecuteAsync(
                "DELETE FROM mailbox_annotations WHERE mailbox_id = @mailbox AND reader_id = @reader AND entry = @entry",
                ("@mailbox", mailbox.Id), ("@reader", reader), ("@entry", annotation.Entry));
        else
            await session.ExecuteAsync(
                """
                INSERT INTO mailbox_annotations (mailbox_id, reader_id, entry, value) VALUES (@mailbox, @reader, @entry, @value)
                ON CONFLICT (mailbox_id, reader_id, entry) DO UPDATE SET value = excluded.value
                """,
                ("@mailbox", mailbox.Id), ("@reader", reader), ("@entry", annotation.Entry), ("@value", annotation.Value));
    }

    private static Task<long> CountAsync(DatabaseSession session, long readerId, MailboxInfo? mailbox) => mailbox is null
        ? session.ScalarAsync<long>("SELECT count(*) FROM server_annotations WHERE reader_id = @reader", ("@reader", readerId))
        : session.ScalarAsync<long>(
            "SELECT count(*) FROM mailbox_annotations WHERE mailbox_id = @mailbox AND reader_id IN (0, @reader)", ("@mailbox", mailbox.Id), ("@reader", readerId));

    /// <summary>As the tables have it: 0 for what is shared.</summary>
    private static long OwnerOf(long readerId, string entry) => entry.StartsWith(Private, StringComparison.Ordinal) || entry == "/private" ? readerId : 0;
}
