using System.Collections.Concurrent;

namespace MailMesh.Testing;

/// <summary>What the senders know of each message: the side of the truth that a server must live up to (RFC 5321 §6.1).</summary>
public sealed class Ledger
{
    private readonly ConcurrentDictionary<string, LedgerEntry> _entries = new();
    private readonly ConcurrentQueue<string> _hanging = new();

    public int Accepted => _entries.Values.Count(entry => entry.Fate == Fate.Accepted);

    public int Count => _entries.Count;

    /// <summary>Messages that were sent and not answered: each may be there, once.</summary>
    public int Unanswered => _entries.Values.Count(entry => entry.Fate == Fate.Unanswered);

    /// <summary>Messages whose sender lost patience with a server that said nothing at all.</summary>
    public IReadOnlyCollection<string> Hanging => _hanging;

    public bool Knows(string id) => _entries.ContainsKey(id);

    public void NoteHanging(string id) => _hanging.Enqueue(id);

    public void Note(string id, IReadOnlyList<string> recipients, Fate fate) => _entries[id] = new LedgerEntry(id, recipients, fate);

    /// <summary>What is wrong with a mailbox, one line each: what got 250 is there exactly once, what did not at most once.</summary>
    public IReadOnlyList<string> Audit(string account, LedgerMailbox mailbox)
    {
        var found = mailbox.Ids.CountBy(id => id).ToDictionary();
        var wrong = new List<string>();
        foreach (var entry in _entries.Values.Where(entry => entry.Recipients.Contains(account)))
        {
            found.Remove(entry.Id, out var times);
            if (times > 1 || (times == 0 && entry.Fate == Fate.Accepted))
                wrong.Add($"{account}: {entry.Id}, {entry.Fate}, is there {times} times.");
        }
        wrong.AddRange(found.Keys.Select(id => $"{account}: {id} was never sent to it."));
        for (var i = 1; i < mailbox.Uids.Count; i++)
        {
            if (mailbox.Uids[i] <= mailbox.Uids[i - 1])
                wrong.Add($"{account}: UID {mailbox.Uids[i]} follows {mailbox.Uids[i - 1]}.");
        }
        return wrong;
    }

    private sealed record LedgerEntry(string Id, IReadOnlyList<string> Recipients, Fate Fate);
}

/// <summary>How a transaction ended, as its sender saw it.</summary>
public enum Fate
{
    /// <summary>250: the server has it.</summary>
    Accepted,

    /// <summary>4xx or 5xx: the sender has it.</summary>
    Refused,

    /// <summary>The connection broke: nobody knows.</summary>
    Unanswered,
}
