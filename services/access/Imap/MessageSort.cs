using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Sorts messages by RFC 5256 criteria; without any, leaves them in the order of the mailbox.</summary>
/// <param name="fuzzy">What RELEVANCY goes by.</param>
internal sealed class MessageSort(ImapSession session, SortCriteria? criteria, FuzzyScores fuzzy)
{
    public async ValueTask<IReadOnlyList<SortedMessage>> SortAsync(IReadOnlyList<SequencedMessage> messages)
    {
        if (criteria is null)
            return [.. messages.Select(message => new SortedMessage(message, []))];
        var sorted = new List<SortedMessage>(messages.Count);
        if (criteria.NeedHeadings)
        {
            await foreach (var (message, heading) in HeadedMessages.ReadAsync(session, messages, withReferences: false))
                sorted.Add(new SortedMessage(message, ValuesOf(message, heading)));
        }
        else
        {
            sorted.AddRange(messages.Select(message => new SortedMessage(message, ValuesOf(message, null))));
        }
        sorted.Sort(Compare);
        return sorted;
    }

    private SortValue[] ValuesOf(SequencedMessage message, MessageHeading? heading) => criteria!.ValuesOf(
        message.Message, heading is null ? null : MessageIndex.DecodeEnvelope(heading.Envelope), fuzzy.RelevancyOf(message.Message));

    /// <summary>RFC 5256 §3: what is equal by all criteria stands in the order of the mailbox, also under REVERSE.</summary>
    private int Compare(SortedMessage first, SortedMessage second)
    {
        var order = criteria!.Compare(first.Values, second.Values);
        return order != 0 ? order : first.Message.Sequence.CompareTo(second.Message.Sequence);
    }
}

/// <summary>A message with what it is sorted by.</summary>
internal readonly record struct SortedMessage(SequencedMessage Message, SortValue[] Values);
