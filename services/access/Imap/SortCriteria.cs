using MailMesh.Collation;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3, RFC 5957 §3 and RFC 6203 §5: what messages are sorted by.</summary>
internal sealed class SortCriteria(IReadOnlyList<SortCriterion> criteria)
{
    /// <summary>Twice what there is to sort by: more changes nothing.</summary>
    private const int MaxCriteria = 20;

    /// <summary>It takes more than the mailbox's list of messages.</summary>
    public bool NeedHeadings { get; } = criteria.Any(criterion => criterion.Key is not (SortKey.Arrival or SortKey.Size or SortKey.Relevancy));

    /// <summary>RFC 6203 §5: RELEVANCY is among them.</summary>
    public bool NeedFuzzy { get; } = criteria.Any(criterion => criterion.Key == SortKey.Relevancy);

    public static SortCriteria Parse(ref ImapScanner scanner)
    {
        scanner.Expect('(');
        var criteria = new List<SortCriterion>();
        do
        {
            var name = scanner.Keyword();
            var isReverse = name == "REVERSE";
            if (isReverse)
            {
                scanner.ExpectSpace();
                name = scanner.Keyword();
            }
            criteria.Add(new SortCriterion(KeyOf(name, ref scanner), isReverse));
            if (criteria.Count > MaxCriteria)
                scanner.Fail("Too many sort criteria");
        }
        while (scanner.Take(' '));
        scanner.Expect(')');
        return new SortCriteria(criteria);
    }

    /// <summary>What a message is sorted by, one value a criterion.</summary>
    /// <param name="envelope">Null where no criterion needs it.</param>
    /// <param name="relevancy">RFC 6203: how well the message fits.</param>
    public SortValue[] ValuesOf(MailboxMessage message, MessageEnvelope? envelope, int relevancy)
    {
        var values = new SortValue[criteria.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = criteria[i].Key == SortKey.Relevancy ? new SortValue(-relevancy, null) : ValueOf(criteria[i].Key, message, envelope); // RFC 6203 §5: the best first
        return values;
    }

    public int Compare(SortValue[] first, SortValue[] second)
    {
        for (var i = 0; i < criteria.Count; i++)
        {
            var order = first[i].Text is { } text ? UnicodeCasemap.Compare(text, second[i].Text!) : first[i].Number.CompareTo(second[i].Number);
            if (order != 0)
                return criteria[i].IsReverse ? -order : order;
        }
        return 0;
    }

    private static SortKey KeyOf(string name, ref ImapScanner scanner)
    {
        switch (name)
        {
            case "ARRIVAL":
                return SortKey.Arrival;
            case "CC":
                return SortKey.Cc;
            case "DATE":
                return SortKey.Date;
            case "FROM":
                return SortKey.From;
            case "SIZE":
                return SortKey.Size;
            case "SUBJECT":
                return SortKey.Subject;
            case "TO":
                return SortKey.To;
            case "DISPLAYFROM":
                return SortKey.DisplayFrom;
            case "DISPLAYTO":
                return SortKey.DisplayTo;
            case "RELEVANCY": // RFC 6203 §5
                return SortKey.Relevancy;
            default:
                scanner.Fail("Unknown sort criterion");
                return SortKey.Arrival;
        }
    }

    private static SortValue ValueOf(SortKey key, MailboxMessage message, MessageEnvelope? envelope) => key switch
    {
        SortKey.Arrival => new SortValue(message.InternalDate.UtcTicks, null),
        SortKey.Size => new SortValue(message.Size, null),
        SortKey.Date => new SortValue(SentDate.Of(envelope, message).UtcTicks, null),
        SortKey.Cc => Mailbox(envelope?.Cc),
        SortKey.From => Mailbox(envelope?.From),
        SortKey.To => Mailbox(envelope?.To),
        SortKey.DisplayFrom => Display(envelope?.From),
        SortKey.DisplayTo => Display(envelope?.To),
        _ => Text(BaseSubject.Of(envelope?.Subject).Text),
    };

    /// <summary>RFC 5256 §3: addr-mailbox of the first address.</summary>
    private static SortValue Mailbox(IReadOnlyList<EnvelopeAddress>? addresses) => Text(addresses is [var first, ..] ? first.Mailbox : null);

    /// <summary>RFC 5957 §3: the first address's display name, decoded, or else its mailbox and host.</summary>
    private static SortValue Display(IReadOnlyList<EnvelopeAddress>? addresses)
    {
        if (addresses is not [var first, ..])
            return Text(null);
        if (first.Name is { } name && MessageText.Decode(name).Trim() is { Length: > 0 } display)
            return Text(display);
        return Text(first.Host is null ? first.Mailbox : $"{first.Mailbox}@{first.Host}");
    }

    private static SortValue Text(string? text) => new(0, UnicodeCasemap.Fold(text ?? ""));
}

internal readonly record struct SortCriterion(SortKey Key, bool IsReverse);

/// <summary>A folded text, or a number where that is null.</summary>
internal readonly record struct SortValue(long Number, string? Text);

internal enum SortKey
{
    Arrival,
    Cc,
    Date,
    From,
    Size,
    Subject,
    To,
    DisplayFrom,
    DisplayTo,
    Relevancy,
}
