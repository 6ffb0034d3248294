using MailMesh.Mailstore;
using MailMesh.Search;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.4: a condition on messages.</summary>
internal abstract record SearchKey
{
    /// <summary>The answer from the mailbox's list of messages alone; null where it takes the message itself.</summary>
    public abstract bool? Decide(SequencedMessage message, SearchScope scope);

    /// <summary>The answer where the message is at hand.</summary>
    public virtual ValueTask<bool> DecideAsync(SearchedMessage message) =>
        ValueTask.FromResult(Decide(message.Listed, message.Scope) ?? false);

    /// <summary>RFC 7162 §3.1.5: a key on MODSEQ is in it, so that the reply tells one too.</summary>
    public bool AsksModSeq => Any(key => key is ModSeq);

    /// <summary>RFC 9738 §3.1: false for a message that its UID or number alone rules out, so that it is not looked at.</summary>
    public virtual bool Concerns(SequencedMessage message, SearchScope scope) => true;

    /// <summary>True where a key of those that it consists of is one of these.</summary>
    public virtual bool Any(Func<SearchKey, bool> isOne) => isOne(this);

    internal sealed record All : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => true;
    }

    internal sealed record And(IReadOnlyList<SearchKey> Keys) : SearchKey
    {
        public override bool Any(Func<SearchKey, bool> isOne) => Keys.Any(key => key.Any(isOne));

        public override bool Concerns(SequencedMessage message, SearchScope scope) => Keys.All(key => key.Concerns(message, scope));

        public override bool? Decide(SequencedMessage message, SearchScope scope)
        {
            var undecided = false;
            foreach (var key in Keys)
            {
                switch (key.Decide(message, scope))
                {
                    case false:
                        return false;
                    case null:
                        undecided = true;
                        break;
                }
            }
            return undecided ? null : true;
        }

        public override async ValueTask<bool> DecideAsync(SearchedMessage message)
        {
            foreach (var key in Keys)
            {
                if (!await key.DecideAsync(message))
                    return false;
            }
            return true;
        }
    }

    internal sealed record Or(SearchKey First, SearchKey Second) : SearchKey
    {
        public override bool Any(Func<SearchKey, bool> isOne) => First.Any(isOne) || Second.Any(isOne);

        public override bool? Decide(SequencedMessage message, SearchScope scope)
        {
            var (first, second) = (First.Decide(message, scope), Second.Decide(message, scope));
            return first == true || second == true ? true : first is null || second is null ? null : false;
        }

        public override async ValueTask<bool> DecideAsync(SearchedMessage message) =>
            await First.DecideAsync(message) || await Second.DecideAsync(message);
    }

    internal sealed record Not(SearchKey Key) : SearchKey
    {
        public override bool Any(Func<SearchKey, bool> isOne) => Key.Any(isOne);

        public override bool? Decide(SequencedMessage message, SearchScope scope) => !Key.Decide(message, scope);

        public override async ValueTask<bool> DecideAsync(SearchedMessage message) => !await Key.DecideAsync(message);
    }

    internal sealed record Flag(SystemFlags Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.Flags.HasFlag(Value);
    }

    internal sealed record Keyword(string Name) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) =>
            message.Message.Keywords is { } keywords && keywords.Split(' ').Contains(Name, StringComparer.OrdinalIgnoreCase);
    }

    internal sealed record Recent : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => scope.IsRecent(message.Message);
    }

    /// <summary>Messages by sequence number, or by UID.</summary>
    internal sealed record Among(SequenceSet Set, bool Uids) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => scope.Contains(Set, Uids, message);

        public override bool Concerns(SequencedMessage message, SearchScope scope) => scope.Contains(Set, Uids, message);
    }

    /// <summary>RFC 9738 §3.2 UIDAFTER and UIDBEFORE: as a set of UIDs, but empty where there are none.</summary>
    internal sealed record UidsBetween(long First, long Last) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => Concerns(message, scope);

        public override bool Concerns(SequencedMessage message, SearchScope scope) => message.Message.Uid >= First && message.Message.Uid <= Last;
    }

    /// <summary>RFC 7162 §3.1.5: one MODSEQ a message, whichever of its entries is asked for.</summary>
    internal sealed record ModSeq(long Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.ModSeq >= Value;
    }

    /// <summary>RFC 8474 §6.</summary>
    /// <param name="ContentId">Null for an identifier that no message has.</param>
    internal sealed record EmailId(long? ContentId) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.ContentId == ContentId;
    }

    /// <summary>RFC 8474 §6.</summary>
    internal sealed record ThreadId(string Id) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override async ValueTask<bool> DecideAsync(SearchedMessage message) => await message.ThreadIdAsync() == Id;
    }

    /// <summary>RFC 8514 §4.3: as for internal dates; where nobody wrote down when a message was saved, its internal date stands for it.</summary>
    internal sealed record SavedDate(DateRelation Relation, DateOnly Date) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => Relation.Holds(DateOnly.FromDateTime(scope.SavedDateOf(message.Message).UtcDateTime), Date);
    }

    internal sealed record Larger(long Octets) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.Size > Octets;
    }

    internal sealed record Smaller(long Octets) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.Size < Octets;
    }

    /// <summary>RFC 5032 §3: internal dates up to so many seconds ago.</summary>
    internal sealed record Younger(uint Seconds) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.InternalDate >= scope.Now.AddSeconds(-(double)Seconds);
    }

    /// <summary>RFC 5032 §3: internal dates so many seconds ago, or more.</summary>
    internal sealed record Older(uint Seconds) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => message.Message.InternalDate <= scope.Now.AddSeconds(-(double)Seconds);
    }

    /// <summary>§6.4.4: internal dates count without time and zone: in the zone in which FETCH shows them.</summary>
    internal sealed record InternalDate(DateRelation Relation, DateOnly Date) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) =>
            Relation.Holds(DateOnly.FromDateTime(message.Message.InternalDate.UtcDateTime), Date);
    }

    /// <summary>The day that the Date field says, in the field's own zone.</summary>
    internal sealed record SentDate(DateRelation Relation, DateOnly Date) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) =>
            ValueTask.FromResult(message.SentDate is { } sent && Relation.Holds(sent, Date));
    }

    internal sealed record Header(string Field, string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => message.HeaderContainsAsync(Field, Value);
    }

    /// <summary>Looks only at what is cached of the header: BCC, CC, FROM, SUBJECT or TO.</summary>
    internal sealed record InEnvelope(string Field, string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => ValueTask.FromResult(message.EnvelopeContains(Field, Value));
    }

    /// <summary>RFC 6203: words in the header or the body, or in the body alone, by the full-text index.</summary>
    internal sealed record FuzzyText(FuzzyQuery Query) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override async ValueTask<bool> DecideAsync(SearchedMessage message)
        {
            var listed = message.Listed.Message;
            return message.Scope.Fuzzy.Count(listed, message.Scope.Fuzzy.Of(Query, listed) ?? Query.Score(await message.IndexedTextAsync()));
        }
    }

    /// <summary>RFC 6203: words in a field of the envelope.</summary>
    internal sealed record FuzzyField(string Field, FuzzyQuery Query) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) =>
            ValueTask.FromResult(message.Scope.Fuzzy.Count(message.Listed.Message, message.FuzzyScore(Field, Query)));
    }

    internal sealed record Body(string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => message.BodyContainsAsync(Value);
    }

    /// <summary>In the header or the body.</summary>
    internal sealed record Text(string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, SearchScope scope) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => message.TextContainsAsync(Value);
    }
}

internal enum DateRelation
{
    Before,
    On,
    Since,
}

internal static class DateRelations
{
    public static bool Holds(this DateRelation relation, DateOnly date, DateOnly than) => relation switch
    {
        DateRelation.Before => date < than,
        DateRelation.On => date == than,
        _ => date >= than,
    };
}
