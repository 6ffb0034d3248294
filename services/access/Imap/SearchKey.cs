using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.4: a condition on messages.</summary>
internal abstract record SearchKey
{
    /// <summary>The answer from the mailbox's list of messages alone; null where it takes the message itself.</summary>
    public abstract bool? Decide(SequencedMessage message, MailboxView view);

    /// <summary>The answer where the message is at hand.</summary>
    public virtual ValueTask<bool> DecideAsync(SearchedMessage message) =>
        ValueTask.FromResult(Decide(message.Listed, message.View) ?? false);

    internal sealed record All : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => true;
    }

    internal sealed record And(IReadOnlyList<SearchKey> Keys) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view)
        {
            var undecided = false;
            foreach (var key in Keys)
            {
                switch (key.Decide(message, view))
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
        public override bool? Decide(SequencedMessage message, MailboxView view)
        {
            var (first, second) = (First.Decide(message, view), Second.Decide(message, view));
            return first == true || second == true ? true : first is null || second is null ? null : false;
        }

        public override async ValueTask<bool> DecideAsync(SearchedMessage message) =>
            await First.DecideAsync(message) || await Second.DecideAsync(message);
    }

    internal sealed record Not(SearchKey Key) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => !Key.Decide(message, view);

        public override async ValueTask<bool> DecideAsync(SearchedMessage message) => !await Key.DecideAsync(message);
    }

    internal sealed record Flag(SystemFlags Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => message.Message.Flags.HasFlag(Value);
    }

    internal sealed record Keyword(string Name) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) =>
            message.Message.Keywords is { } keywords && keywords.Split(' ').Contains(Name, StringComparer.OrdinalIgnoreCase);
    }

    internal sealed record Recent : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => view.IsRecent(message.Message);
    }

    /// <summary>Messages by sequence number, or by UID.</summary>
    internal sealed record Among(SequenceSet Set, bool Uids) : SearchKey
    {
        private IReadOnlyList<SequenceSet.Range>? _ranges;

        public override bool? Decide(SequencedMessage message, MailboxView view)
        {
            // A session searches one view: what * means does not change under the command.
            _ranges ??= Set.Resolve((uint)(Uids ? view.Shown.LastUid : view.Shown.Count));
            var number = Uids ? message.Message.Uid : message.Sequence;
            int low = 0, high = _ranges.Count - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                if (_ranges[middle].Last < number)
                    low = middle + 1;
                else if (_ranges[middle].First > number)
                    high = middle - 1;
                else
                    return true;
            }
            return false;
        }
    }

    internal sealed record Larger(uint Octets) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => message.Message.Size > Octets;
    }

    internal sealed record Smaller(uint Octets) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => message.Message.Size < Octets;
    }

    /// <summary>§6.4.4: internal dates count without time and zone: in the zone in which FETCH shows them.</summary>
    internal sealed record InternalDate(DateRelation Relation, DateOnly Date) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) =>
            Relation.Holds(DateOnly.FromDateTime(message.Message.InternalDate.UtcDateTime), Date);
    }

    /// <summary>The day that the Date field says, in the field's own zone.</summary>
    internal sealed record SentDate(DateRelation Relation, DateOnly Date) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) =>
            ValueTask.FromResult(message.SentDate is { } sent && Relation.Holds(sent, Date));
    }

    internal sealed record Header(string Field, string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => message.HeaderContainsAsync(Field, Value);
    }

    /// <summary>Looks only at what is cached of the header: BCC, CC, FROM, SUBJECT or TO.</summary>
    internal sealed record InEnvelope(string Field, string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => ValueTask.FromResult(message.EnvelopeContains(Field, Value));
    }

    internal sealed record Body(string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => null;

        public override ValueTask<bool> DecideAsync(SearchedMessage message) => message.BodyContainsAsync(Value);
    }

    /// <summary>In the header or the body.</summary>
    internal sealed record Text(string Value) : SearchKey
    {
        public override bool? Decide(SequencedMessage message, MailboxView view) => null;

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
