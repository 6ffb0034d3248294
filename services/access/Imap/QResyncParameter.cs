using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 7162 §3.2.5: what a client has kept of a mailbox since it had it selected last.</summary>
/// <param name="KnownUids">Null for all.</param>
/// <param name="Matches">§3.2.5.2: sequence numbers and their UIDs as the client has them, ascending; empty for none.</param>
internal sealed record QResyncParameter(long UidValidity, long ModSeq, SequenceSet? KnownUids, IReadOnlyList<(uint Sequence, uint Uid)> Matches)
{
    public static readonly Completion NotEnabled = Completion.Bad("QRESYNC is not enabled");

    /// <summary>Clients send a handful; more serves nobody.</summary>
    private const int MaxMatches = 10_000;

    /// <summary>From the blank after the name to the closing parenthesis.</summary>
    public static QResyncParameter Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        scanner.Expect('(');
        var uidValidity = scanner.NonZeroNumber();
        scanner.ExpectSpace();
        var modSeq = scanner.ModSeq(); // the grammar wants 1 at least; clients that know nothing yet send 0
        var isNext = scanner.Take(' ');
        SequenceSet? known = null;
        if (isNext && scanner.Ahead != '(')
        {
            known = ParseSet(ref scanner);
            isNext = scanner.Take(' ');
        }
        IReadOnlyList<(uint, uint)> matches = isNext ? ParseMatches(ref scanner) : [];
        scanner.Expect(')');
        return new QResyncParameter(uidValidity, modSeq, known, matches);
    }

    /// <summary>Tells what went and what changed since the client had the mailbox selected last.</summary>
    public async ValueTask TellAsync(ImapSession session, MailboxView view)
    {
        // §3.2.5.1: with another UIDVALIDITY the client has to start anew, and everything else it said means nothing.
        if (UidValidity != view.Shown.Mailbox.UidValidity)
            return;
        var last = (uint)Math.Min(view.Shown.UidNext - 1, uint.MaxValue);
        var known = KnownUids?.Resolve(last) ?? (last == 0 ? [] : [new SequenceSet.Range(1, last)]);
        await VanishedReply.WriteEarlierAsync(session, view, known, ModSeq, Matches);
        foreach (var range in known)
        {
            foreach (var message in view.Shown.UidRange(range.First, range.Last))
            {
                if (message.Message.ModSeq <= ModSeq)
                    continue;
                view.WriteFlags(session.Writer, message, withUid: true);
                await session.Writer.FlushIfLargeAsync();
            }
        }
    }

    /// <summary>A set of numbers alone (§7 known-uids).</summary>
    private static SequenceSet ParseSet(ref ImapScanner scanner)
    {
        var set = SequenceSet.Parse(ref scanner);
        if (set.HasLargest || set.IsSaved)
            scanner.Fail("* and $ are not allowed here");
        return set;
    }

    private static List<(uint, uint)> ParseMatches(ref ImapScanner scanner)
    {
        scanner.Expect('(');
        var sequences = ParseSet(ref scanner);
        scanner.ExpectSpace();
        var uids = ParseSet(ref scanner);
        scanner.Expect(')');
        if (scanner.Failed)
            return [];
        var matches = new List<(uint Sequence, uint Uid)>();
        using var uid = uids.Numbers().GetEnumerator();
        foreach (var sequence in sequences.Numbers())
        {
            if (!uid.MoveNext() || matches.Count == MaxMatches)
            {
                scanner.Fail("Sequence numbers and UIDs do not match");
                return [];
            }
            // §3.2.5.2: both in ascending order.
            if (matches.Count > 0 && (sequence <= matches[^1].Sequence || uid.Current <= matches[^1].Uid))
                scanner.Fail("Sequence numbers and UIDs must ascend");
            matches.Add((sequence, uid.Current));
        }
        if (uid.MoveNext())
            scanner.Fail("Sequence numbers and UIDs do not match");
        return matches;
    }
}
