using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>The octets behind a BDAT line, exactly as many as it says: none of them is ever taken for a command.</summary>
internal static class ChunkReader
{
    /// <param name="take">Takes the next octets; false when it has had enough of them.</param>
    /// <returns>True when all have come and were taken; false when the rest was not read.</returns>
    public static async Task<bool> ReadAsync(SmtpSession session, long octets, Func<ReadOnlyMemory<byte>, ValueTask<bool>> take)
    {
        var pace = new DataPace(session);
        while (octets > 0)
        {
            // Replies held back for those behind them (RFC 2920 §3.2) must not wait for a client that waits for them.
            if (!session.Connection.HasBufferedInput())
                await session.FlushAsync();
            var result = await pace.ReadAsync();
            var piece = result.Buffer.Slice(0, Math.Min(octets, result.Buffer.Length));
            var more = true;
            foreach (var segment in piece)
                more &= await take(segment);
            octets -= piece.Length;
            session.Connection.AdvanceTo(piece.End);
            if (octets > 0 && (result.IsCompleted || !more))
                return false;
        }
        return true;
    }
}
