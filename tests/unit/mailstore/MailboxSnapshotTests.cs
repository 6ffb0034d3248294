using CsCheck;
using MailMesh.Mailstore;

namespace MailMesh.Unit.Tests.Mailstore;

/// <summary>Snapshots against a plain list: whatever changes come, look-ups and differences agree with it.</summary>
public sealed class MailboxSnapshotTests
{
    private static readonly MailboxInfo Mailbox = new(1, 1, "INBOX", 7, 1, 1, null, false);

    [Fact]
    public void Snapshot_follows_any_changes()
    {
        var step = Gen.Select(Gen.Int[0, 700], Gen.Int[0, 60], Gen.Int[0, 400], Gen.Int[0, 10_000], Gen.Bool);
        step.List[1, 12].Sample(steps =>
        {
            var model = new SortedDictionary<long, MailboxMessage>();
            var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, []));
            var (uidNext, modSeq) = (1L, 1L);
            foreach (var (adds, flags, removals, seed, whole) in steps)
            {
                var before = snapshot;
                var old = model.Values.ToList();
                var changes = Change(model, ref uidNext, ++modSeq, (adds, flags, removals), new Random(seed));
                if (whole)
                    changes = changes with { Changed = [.. model.Values], Vanished = [], IsWholeMailbox = true };
                snapshot = snapshot.Apply(changes);
                AssertIs(model.Values.ToList(), snapshot);
                AssertLeadsFrom(old, model.Values.ToList(), MailboxSnapshot.Diff(before, snapshot));
                AssertKeepsVanished(before, snapshot);
            }
        }, iter: 150);
    }

    [Fact]
    public void Unchanged_chunks_are_shared()
    {
        var messages = Enumerable.Range(1, 2000).Select(i => Message(i, 1)).ToList();
        var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, messages));
        var next = snapshot.Apply(new MailboxChanges(2001, 2, [Message(700, 2)], []));
        Assert.Same(snapshot[1], next[1]);
        Assert.Same(snapshot[2000], next[2000]);
        var difference = MailboxSnapshot.Diff(snapshot, next);
        Assert.Equal((700, 2L), (Assert.Single(difference.Changed).Sequence, difference.Changed[0].Message.ModSeq));
        Assert.Empty(difference.Vanished);
        Assert.Empty(difference.Added);
    }

    [Fact]
    public void Changes_that_are_known_change_nothing()
    {
        var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, [Message(1, 5), Message(2, 6)]));
        var next = snapshot.Apply(new MailboxChanges(3, 6, [Message(1, 4), Message(2, 6)], [9]));
        Assert.True(MailboxSnapshot.Diff(snapshot, next).IsEmpty);
        Assert.Same(snapshot[1], next[1]);
    }

    [Fact]
    public void Message_that_came_and_went_is_not_seen()
    {
        var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, []));
        Assert.Equal(0, snapshot.Apply(new MailboxChanges(2, 3, [Message(1, 2)], [1])).Count);
    }

    [Fact]
    public void Empty_mailbox_has_no_sequence_numbers()
    {
        var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, []));
        Assert.Equal((0, 0L, 1, 0, 0), (snapshot.Count, snapshot.LastUid, snapshot.LowerBound(5), snapshot.SequenceOf(1), snapshot.FirstUnseen));
        Assert.Empty(snapshot.Range(1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot[1]);
    }

    [Fact]
    public void Keywords_of_all_messages_are_gathered()
    {
        var snapshot = MailboxSnapshot.From(new MailboxState(Mailbox, [Message(1, 1) with { Keywords = "a b" }, Message(2, 1) with { Keywords = "B c" }, Message(3, 1)]));
        Assert.Equal(["a", "b", "c"], snapshot.Keywords.Select(k => k.ToLowerInvariant()).Order());
    }

    private static MailboxChanges Change(
        SortedDictionary<long, MailboxMessage> model, ref long uidNext, long modSeq, (int Adds, int Flags, int Removals) counts, Random random)
    {
        var uids = model.Keys.ToArray();
        var changed = new SortedDictionary<long, MailboxMessage>();
        var vanished = new SortedSet<long>();
        for (var i = 0; i < counts.Flags && uids.Length > 0; i++)
        {
            var uid = uids[random.Next(uids.Length)];
            changed[uid] = model[uid] with { ModSeq = modSeq, Flags = (SystemFlags)random.Next(32) };
        }
        // Removals in a row, as a client does it, so that whole chunks go.
        var start = uids.Length == 0 ? 0 : random.Next(uids.Length);
        for (var i = start; i < Math.Min(uids.Length, start + counts.Removals); i++)
        {
            vanished.Add(uids[i]);
            changed.Remove(uids[i]);
        }
        for (var i = 0; i < counts.Adds; i++)
        {
            changed[uidNext] = Message(uidNext, modSeq);
            uidNext += random.Next(1, 3);
        }
        foreach (var (uid, message) in changed)
            model[uid] = message;
        foreach (var uid in vanished)
            model.Remove(uid);
        return new MailboxChanges(uidNext, modSeq, [.. changed.Values], [.. vanished]);
    }

    private static void AssertIs(List<MailboxMessage> expected, MailboxSnapshot snapshot)
    {
        Assert.Equal(expected.Count, snapshot.Count);
        Assert.Equal(expected, snapshot.Range(1, int.MaxValue).Select(m => m.Message));
        Assert.Equal(expected.Count(m => !m.Flags.HasFlag(SystemFlags.Seen)), snapshot.Unseen);
        Assert.Equal(expected.FindIndex(m => !m.Flags.HasFlag(SystemFlags.Seen)) + 1, snapshot.FirstUnseen);
        for (var i = 0; i < expected.Count; i += 97)
        {
            Assert.Same(expected[i], snapshot[i + 1]);
            Assert.Equal(i + 1, snapshot.SequenceOf(expected[i].Uid));
            Assert.Equal(i + 1, snapshot.LowerBound(i == 0 ? 1 : expected[i - 1].Uid + 1));
            Assert.Equal(expected.Skip(i).Take(50), snapshot.UidRange(expected[i].Uid, expected[Math.Min(i + 49, expected.Count - 1)].Uid).Select(m => m.Message));
        }
    }

    /// <summary>What an IMAP client does with EXPUNGE, FETCH and EXISTS gives the newer list.</summary>
    private static void AssertLeadsFrom(List<MailboxMessage> old, List<MailboxMessage> expected, SnapshotDifference difference)
    {
        foreach (var gone in difference.Vanished.Reverse())
            old.RemoveAt(gone.Sequence - 1);
        old.AddRange(difference.Added.Select(m => m.Message));
        foreach (var changed in difference.Changed)
            old[changed.Sequence - 1] = changed.Message;
        Assert.Equal(expected, old);
    }

    private static void AssertKeepsVanished(MailboxSnapshot old, MailboxSnapshot now)
    {
        var kept = MailboxSnapshot.KeepVanished(old, now);
        Assert.Empty(MailboxSnapshot.Diff(old, kept).Vanished);
        var rest = MailboxSnapshot.Diff(kept, now);
        Assert.Equal(MailboxSnapshot.Diff(old, now).Vanished.Select(m => m.Message.Uid), rest.Vanished.Select(m => m.Message.Uid));
        Assert.Empty(rest.Changed);
        Assert.Empty(rest.Added);
    }

    private static MailboxMessage Message(long uid, long modSeq) =>
        new(uid, modSeq, SystemFlags.None, null, DateTimeOffset.UnixEpoch, 100, uid);
}
