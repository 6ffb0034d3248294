using System.Globalization;
using MailMesh.AdminApi;
using MailMesh.Database;
using Microsoft.EntityFrameworkCore;
using static System.Text.Json.JsonSerializer;

namespace MailMesh.Admin;

/// <summary>Finds messages by how they came: the line that took or refused each, the newest first.</summary>
internal sealed class MessageSearch(MailDatabase database)
{
    private static readonly string[] Arrivals = ["received", "refused"];

    /// <summary>What is null does not matter; addresses match in part and in any case.</summary>
    internal sealed record Wanted(string? Sender, string? Recipient, DateTimeOffset Since, DateTimeOffset Until);

    public Task<Page<FoundMessage>> FindAsync(Wanted wanted, PageQuery page, CancellationToken cancel) => database.QueryAsync(async context =>
    {
#pragma warning disable CA1862 // these become SQL, which knows no StringComparison
        // The index on the moment bounds what is looked at; within it a line is read and compared.
        var lines = context.Tracking.AsNoTracking().Where(t => t.At >= wanted.Since && t.At <= wanted.Until && Arrivals.Contains(t.Event));
        if (wanted.Sender?.ToLowerInvariant() is { Length: > 0 } sender)
            lines = lines.Where(t => t.Detail.ToLower().Contains(sender));
        if (wanted.Recipient?.ToLowerInvariant() is { Length: > 0 } recipient)
            lines = lines.Where(t => t.Detail.ToLower().Contains(recipient)
                || context.Tracking.Any(o => o.MessageId == t.MessageId && o.Recipient != null && o.Recipient.ToLower().Contains(recipient)));
#pragma warning restore CA1862
        if (page.After is { } mark)
        {
            var before = long.Parse(mark, CultureInfo.InvariantCulture);
            lines = lines.Where(t => t.Id < before);
        }
        var rows = await lines.OrderByDescending(t => t.Id).Take(page.Limit + 1).ToListAsync(cancel);
        return page.Of(rows, row => row.Id.ToString(CultureInfo.InvariantCulture), View);
    });

    private static FoundMessage View(TrackingEntry row)
    {
        var detail = Deserialize(row.Detail, AdminJson.Default.IReadOnlyDictionaryStringString);
        return new FoundMessage(row.MessageId, row.At, row.Service, row.Event, row.Recipient, detail ?? new Dictionary<string, string>());
    }
}
