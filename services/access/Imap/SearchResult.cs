using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>What a search found, and how its client is told.</summary>
/// <param name="found">In the order in which they are told: that of the mailbox, or a sorted one.</param>
/// <param name="fuzzy">RFC 6203: how well they fit.</param>
internal sealed class SearchResult(IReadOnlyList<SequencedMessage> found, bool byUid, FuzzyScores fuzzy)
{
    /// <summary>A saved result of more ranges is refused: a session's memory is bounded. 400 KiB.</summary>
    private const int MaxSavedRanges = 50_000;

    public bool IsEmpty => found.Count == 0;

    /// <summary>RFC 3501 §7.2.5: every number on one line.</summary>
    /// <param name="name">SEARCH, or SORT.</param>
    /// <param name="withModSeq">RFC 7162 §3.1.5: the highest MODSEQ of what was found follows.</param>
    public async ValueTask WriteListAsync(ImapWriter writer, string name, bool withModSeq)
    {
        writer.InReply = true;
        writer.Write("* ");
        writer.Write(name);
        foreach (var message in found)
        {
            writer.Write(' ');
            writer.Write(NumberOf(message));
            await writer.FlushIfLargeAsync();
        }
        if (withModSeq && found.Count > 0)
            writer.Write($" (MODSEQ {found.Max(m => m.Message.ModSeq)})");
        writer.CrLf();
        writer.InReply = false;
    }

    /// <summary>RFC 4731 §3.1: an ESEARCH reply with what was asked for.</summary>
    public async ValueTask WriteAsync(ImapWriter writer, SearchCorrelator correlator, SearchReturn asked, bool withModSeq)
    {
        writer.InReply = true;
        writer.Write("* ESEARCH "u8);
        correlator.Write(writer);
        if (byUid)
            writer.Write(" UID"u8);
        // RFC 4731 §3.1: of nothing found there is no MIN, MAX and ALL, but a COUNT of 0.
        if (asked.Has(SearchItems.Min) && found.Count > 0)
            writer.Write($" MIN {NumberOf(found[0])}");
        if (asked.Has(SearchItems.Max) && found.Count > 0)
            writer.Write($" MAX {NumberOf(found[^1])}");
        if (asked.Has(SearchItems.Count))
            writer.Write($" COUNT {found.Count}");
        if (asked.Has(SearchItems.All) && found.Count > 0)
        {
            writer.Write(" ALL ");
            await WriteSetAsync(writer, found);
        }
        if (asked.Has(SearchItems.Relevancy) && found.Count > 0)
            await WriteRelevancyAsync(writer, asked.Partial is null ? found : Part(asked.Partial));
        if (asked.Partial is { } partial)
        {
            writer.Write($" PARTIAL ({partial.Text} ");
            if (Part(partial) is { Count: > 0 } part)
                await WriteSetAsync(writer, part);
            else
                writer.Write("NIL"u8);
            writer.Write(')');
        }
        // Any order is right (RFC 4466 §2.6.2); RFC 7162's examples have it last.
        if (withModSeq && Meant(asked).Select(m => m.Message.ModSeq).DefaultIfEmpty().Max() is > 0 and var modSeq)
            writer.Write($" MODSEQ {modSeq}");
        writer.CrLf();
        writer.InReply = false;
    }

    /// <summary>RFC 5182 §2.1: the UIDs that $ stands for from now on; null where they are too many ranges to keep.</summary>
    public IReadOnlyList<SequenceSet.Range>? ToSave(SearchReturn asked)
    {
        var ranges = new List<SequenceSet.Range>();
        foreach (var uid in Meant(asked).Select(m => (uint)m.Message.Uid).Distinct().Order())
        {
            if (ranges.Count > 0 && uid - ranges[^1].Last == 1)
                ranges[^1] = ranges[^1] with { Last = uid };
            else if (ranges.Count == MaxSavedRanges)
                return null;
            else
                ranges.Add(new SequenceSet.Range(uid, uid));
        }
        ranges.TrimExcess();
        return ranges;
    }

    /// <summary>RFC 4731 §3.2, RFC 5182 §2.1 and RFC 9394 §3.1: MIN, MAX and PARTIAL without ALL and COUNT mean their messages alone.</summary>
    private IEnumerable<SequencedMessage> Meant(SearchReturn asked)
    {
        const SearchItems Few = SearchItems.Min | SearchItems.Max | SearchItems.Partial;
        if (found.Count == 0 || asked.Has(SearchItems.All | SearchItems.Count) || !asked.Has(Few))
            return found;
        IEnumerable<SequencedMessage> meant = asked.Partial is { } partial ? Part(partial) : [];
        if (asked.Has(SearchItems.Min))
            meant = meant.Prepend(found[0]);
        if (asked.Has(SearchItems.Max))
            meant = meant.Append(found[^1]);
        return meant;
    }

    private List<SequencedMessage> Part(PartialRange partial)
    {
        var (start, count) = partial.Of(found.Count);
        return [.. found.Skip(start).Take(count)];
    }

    /// <summary>RFC 6203 §4: a score for each result, in their order.</summary>
    private async ValueTask WriteRelevancyAsync(ImapWriter writer, IReadOnlyList<SequencedMessage> messages)
    {
        writer.Write(" RELEVANCY ("u8);
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                writer.Write(' ');
            writer.Write(Math.Max(1, fuzzy.RelevancyOf(messages[i].Message)));
            await writer.FlushIfLargeAsync();
        }
        writer.Write(')');
    }

    /// <summary>A sequence-set in the order of the result; ranges only where numbers follow each other.</summary>
    private async ValueTask WriteSetAsync(ImapWriter writer, IReadOnlyList<SequencedMessage> messages)
    {
        for (var i = 0; i < messages.Count;)
        {
            var first = NumberOf(messages[i]);
            var last = first;
            if (i > 0)
                writer.Write(',');
            for (i++; i < messages.Count && NumberOf(messages[i]) == last + 1; i++)
                last++;
            writer.Write(first);
            if (last > first)
            {
                writer.Write(':');
                writer.Write(last);
            }
            await writer.FlushIfLargeAsync();
        }
    }

    private long NumberOf(SequencedMessage message) => byUid ? message.Message.Uid : message.Sequence;
}
