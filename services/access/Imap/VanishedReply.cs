using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 7162 §3.2.10 VANISHED: UIDs that went.</summary>
internal static class VanishedReply
{
    /// <summary>A line holds no more than this: some clients bound their lines.</summary>
    private const int MaxRanges = 500;

    /// <summary>§3.2.10.2: messages that the client has been told of, and that count in its sequence numbers until it reads this.</summary>
    public static void Write(ImapWriter writer, IReadOnlyList<SequencedMessage> vanished) =>
        Write(writer, "* VANISHED "u8, UidSet.Ranges(vanished.Select(m => m.Message.Uid)));

    /// <summary>§3.2.10.1 VANISHED (EARLIER): messages that went before the client could count them in this session.</summary>
    /// <param name="among">The UIDs that the client asks for, ascending.</param>
    /// <param name="matches">What the client knows to be so; see <see cref="QResyncParameter"/>.</param>
    public static async ValueTask WriteEarlierAsync(
        ImapSession session, MailboxView view, IReadOnlyList<SequenceSet.Range> among, long modSeq, IReadOnlyList<(uint Sequence, uint Uid)> matches)
    {
        var shown = view.Shown;
        // What is still in the view is told by a VANISHED without EARLIER; what went after the view was made, too.
        var vanished = await session.Backend.Store.VanishedSinceAsync(shown.Mailbox.Id, modSeq, shown.HighestModSeq);
        var uids = vanished is null
            ? Absent(shown, among, LastAgreed(shown, matches))
            : UidSet.Ranges(vanished.Where(uid => SequenceSet.Contains(among, uid) && shown.SequenceOf(uid) == 0));
        Write(session.Writer, "* VANISHED (EARLIER) "u8, uids);
        await session.Writer.FlushIfLargeAsync();
    }

    private static void Write(ImapWriter writer, ReadOnlySpan<byte> start, IEnumerable<SequenceSet.Range> ranges)
    {
        foreach (var some in ranges.Chunk(MaxRanges))
        {
            writer.Write(start);
            writer.Write(UidSet.Format(some));
            writer.CrLf();
        }
    }

    /// <summary>
    /// The memory of vanished UIDs does not go back so far: every UID that is in no message may have been one.
    /// §5.2: more than went may be told, never less.
    /// </summary>
    private static IEnumerable<SequenceSet.Range> Absent(MailboxSnapshot shown, IReadOnlyList<SequenceSet.Range> among, uint agreed)
    {
        foreach (var (first, last) in among)
        {
            var next = Math.Max(first, (long)agreed + 1);
            var end = Math.Min(last, shown.UidNext - 1);
            foreach (var (_, message) in shown.UidRange(next, end))
            {
                if (message.Uid > next)
                    yield return new SequenceSet.Range((uint)next, (uint)(message.Uid - 1));
                next = message.Uid + 1;
            }
            if (next <= end)
                yield return new SequenceSet.Range((uint)next, (uint)end);
        }
    }

    /// <summary>
    /// §3.2.5.2: where the client has the same UID at the same sequence number, it has as many messages up to there as we have,
    /// so none of those that it knows went. 0 where nothing agrees.
    /// </summary>
    private static uint LastAgreed(MailboxSnapshot shown, IReadOnlyList<(uint Sequence, uint Uid)> matches)
    {
        for (var i = matches.Count - 1; i >= 0; i--)
        {
            if (matches[i].Sequence <= shown.Count && shown[(int)matches[i].Sequence].Uid == matches[i].Uid)
                return matches[i].Uid;
        }
        return 0;
    }
}
