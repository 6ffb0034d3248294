using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5267: the searches of a selected mailbox that are kept up to date. They end with it.</summary>
internal sealed class SearchContexts
{
    /// <summary>§4.3.1: at least one. Each may hold a message's place and what it is sorted by for every message of the mailbox.</summary>
    public const int MaxContexts = 5;

    private readonly List<SearchContext> _contexts = [];

    /// <summary>UIDs that have come or changed since the contexts were last compared with them.</summary>
    private readonly SortedSet<long> _pending = [];

    public bool Has(string tag) => _contexts.Exists(context => context.Tag == tag);

    public bool IsFull => _contexts.Count >= MaxContexts;

    /// <summary>§4.3.1: the search is done, but not kept up to date.</summary>
    public static void Refuse(ImapWriter writer, string tag) => writer.Untagged($"NO [NOUPDATE \"{tag}\"] The result cannot be kept up to date");

    public void Add(SearchContext context) => _contexts.Add(context);

    /// <summary>§4.3.5; false where there is no such context.</summary>
    public bool Cancel(string tag) => _contexts.RemoveAll(context => context.Tag == tag) > 0;

    /// <summary>§4.3.4: told before the messages' EXPUNGE, while their numbers hold.</summary>
    public void OnVanishing(ImapWriter writer, MailboxSnapshot shown, IReadOnlyList<SequencedMessage> vanishing)
    {
        if (vanishing.Count == 0)
            return;
        foreach (var context in _contexts)
            context.Remove(writer, shown, vanishing.Select(message => message.Message.Uid));
    }

    /// <summary>§4.3.3: the client has been told of them; whether they are in a context is looked up by <see cref="TellAsync"/>.</summary>
    public void OnChanged(SnapshotDifference difference)
    {
        if (_contexts.Count == 0)
            return;
        foreach (var message in difference.Changed.Concat(difference.Added))
            _pending.Add(message.Message.Uid);
    }

    /// <summary>Tells the client what has come into the contexts, or left them by a change.</summary>
    public async ValueTask TellAsync(ImapSession session, MailboxView view)
    {
        if (_pending.Count == 0)
            return;
        var messages = new List<SequencedMessage>(_pending.Count);
        foreach (var uid in _pending)
        {
            if (view.Shown.SequenceOf(uid) is > 0 and var sequence)
                messages.Add(new SequencedMessage(sequence, view.Shown[sequence]));
        }
        foreach (var context in _contexts.ToArray())
            await TellAsync(session, view, context, messages);
        _pending.Clear();
    }

    private async ValueTask TellAsync(ImapSession session, MailboxView view, SearchContext context, IReadOnlyList<SequencedMessage> messages)
    {
        var scope = SearchScope.Of(view, context.Saved, session.Server.Clock);
        var found = await new MessageSearch(session, scope, context.Key).FindAsync(messages);
        var matching = found.Select(message => message.Message.Uid).ToHashSet();
        context.Remove(session.Writer, view.Shown, messages.Select(message => message.Message.Uid).Where(uid => !matching.Contains(uid)));
        var added = found.Where(message => !context.Contains(message.Message.Uid)).ToList();
        if (context.Count + added.Count > SearchContext.MaxMessages)
        {
            Refuse(session.Writer, context.Tag);
            _contexts.Remove(context);
            return;
        }
        context.Add(session.Writer, view.Shown, await new MessageSort(session, context.Order, scope.Fuzzy).SortAsync(added));
    }
}
