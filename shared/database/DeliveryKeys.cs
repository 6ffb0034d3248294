namespace MailMesh.Database;

/// <summary>Idempotence keys (message id, recipient): whoever takes one has the command's effect to make, and nobody else ever.</summary>
public static class DeliveryKeys
{
    // A message that its session withdrew (claim 3: its client was told to try again) counts as delivered.
    private static readonly RowInsert Insert = new(
        "deliveries",
        [("message_id", "text"), ("recipient", "text"), ("at", "bigint")],
        condition: "NOT EXISTS (SELECT 1 FROM claims WHERE claims.message_id = v.message_id AND kind = 3)",
        ending: "ON CONFLICT DO NOTHING RETURNING message_id, recipient");

    /// <summary>Gives those that nobody had taken; they are this transaction's, and with it undone.</summary>
    public static async Task<HashSet<(string MessageId, string Recipient)>> TakeAsync(
        DatabaseSession session, IEnumerable<(string MessageId, string Recipient)> keys, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        // In one order everywhere, so that two copies that were given the same messages never wait for each other's keys.
        var ordered = keys.Distinct().OrderBy(k => k.MessageId, StringComparer.Ordinal).ThenBy(k => k.Recipient, StringComparer.Ordinal);
        var taken = await Insert.RunAsync(
            session, [.. ordered.Select(k => new object?[] { k.MessageId, k.Recipient, at })], row => (row.GetString(0), row.GetString(1)));
        return [.. taken];
    }
}
