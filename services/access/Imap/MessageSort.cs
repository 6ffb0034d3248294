using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Sorts messages by RFC 5256 criteria.</summary>
internal sealed class MessageSort(ImapSession session, SortCriteria criteria)
{
    public async ValueTask<IReadOnlyList<SequencedMessage>> SortAsync(IReadOnlyList<SequencedMessage> messages)
    {
        var entries = new List<Entry>(messages.Count);
        if (criteria.NeedHeadings)
        {
            await foreach (var (message, heading) in HeadedMessages.ReadAsync(session, messages, withReferences: false))
                entries.Add(new Entry(message, criteria.ValuesOf(message.Message, heading is null ? null : MessageIndex.DecodeEnvelope(heading.Envelope))));
        }
        else
        {
            entries.AddRange(messages.Select(message => new Entry(message, criteria.ValuesOf(message.Message, null))));
        }
        entries.Sort(Compare);
        return entries.ConvertAll(entry => entry.Message);
    }

    /// <summary>RFC 5256 §3: what is equal by all criteria stands in the order of the mailbox, also under REVERSE.</summary>
    private int Compare(Entry first, Entry second)
    {
        var order = criteria.Compare(first.Values, second.Values);
        return order != 0 ? order : first.Message.Sequence.CompareTo(second.Message.Sequence);
    }

    private readonly record struct Entry(SequencedMessage Message, SortValue[] Values);
}
