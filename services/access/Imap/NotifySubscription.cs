using System.Data.Common;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5465: what one session asked to hear of, and how far it has heard. Costs nothing while nothing happens.</summary>
internal sealed class NotifySubscription : IDisposable
{
    private readonly AccountWatches? _watches;
    private readonly AccountWatch? _watch;
    private readonly IReadOnlyList<NotifyGroup> _groups;
    private readonly NotifyGroup? _selected;
    private WatchedAccount? _told;
    private MailboxView? _fetchedOf;
    private long _fetchedTo;

    private NotifySubscription(IReadOnlyList<NotifyGroup> groups, AccountWatches? watches, AccountWatch? watch)
    {
        _groups = [.. groups.Where(group => !group.IsSelected && group.Events != NotifyEvents.None)];
        _selected = groups.FirstOrDefault(group => group.IsSelected && group.Events != NotifyEvents.None);
        (_watches, _watch, _told) = (watches, watch, watch?.Current);
    }

    /// <summary>NOTIFY NONE: nothing is told unless a command asks.</summary>
    public static NotifySubscription Nothing => new([], null, null);

    public static async ValueTask<NotifySubscription> OpenAsync(ImapSession session, IReadOnlyList<NotifyGroup> groups)
    {
        if (groups.All(group => group.IsSelected || group.Events == NotifyEvents.None))
            return new NotifySubscription(groups, null, null);
        var watches = session.Backend.Watches;
        return new NotifySubscription(groups, watches, await watches.OpenAsync(session.Identity));
    }

    /// <summary>RFC 5465 §3.1: with STATUS, where each mailbox stands before the first news of it.</summary>
    public async ValueTask TellStatusAsync(ImapSession session)
    {
        if (_told is null)
            return;
        foreach (var mailbox in _told.Mailboxes.Values.OrderBy(m => m.Path, StringComparer.Ordinal))
        {
            var events = EventsOf(mailbox.Path, mailbox) & NotifyEvents.OfMessages;
            if (events != NotifyEvents.None)
                await TellStatusAsync(session, mailbox, events);
        }
    }

    /// <summary>Tells news as they come, until the client has sent something, or has gone.</summary>
    /// <param name="input">Completes when the client has sent something.</param>
    /// <param name="inIdle">IDLE runs: a message that went may be told of.</param>
    public async ValueTask TellUntilAsync(ImapSession session, Task input, bool inIdle, CancellationToken ended)
    {
        Task? others = null;
        Task? selected = null;
        while (true)
        {
            await TellAsync(session, inIdle);
            await session.Writer.FlushAsync();
            if (input.IsCompleted || ended.IsCancellationRequested || !ReferenceEquals(session.Notify, this) || session.Connection.IsOutputClosed || session.View is { IsDeleted: true })
                return;
            // A wait that goes on is kept: one more each time would gather.
            others = others is { IsCompleted: false } ? others : _watch?.WaitAsync(_told!, ended);
            selected = selected is { IsCompleted: false } ? selected : _selected is null ? null : session.View?.WaitForChangeAsync(ended);
            await Task.WhenAny(new[] { input, others, selected }.OfType<Task>());
        }
    }

    /// <summary>False where nothing is to be told between commands.</summary>
    public bool IsAwake => _watch is not null || _selected is not null;

    public void Dispose()
    {
        if (_watch is not null)
            _watches!.Close(_watch);
    }

    private async ValueTask TellAsync(ImapSession session, bool inIdle)
    {
        try
        {
            if (_selected is not null && session.View is { } view)
                await TellSelectedAsync(session, view, inIdle);
            if (_told is not null)
                await TellOthersAsync(session);
        }
        catch (Exception failure) when ((DatabaseFaults.IsPassing(failure) || failure is DbException or BlobException or BlobUnavailableException or TimeoutException) && !session.Writer.InReply)
        {
            ImapLog.StoreFailed(session.Server.Log, failure, nameof(NotifyCommand), session.Connection.Remote);
            Overflow(session);
        }
    }

    private async ValueTask TellSelectedAsync(ImapSession session, MailboxView view, bool inIdle)
    {
        if (!ReferenceEquals(view, _fetchedOf))
            (_fetchedOf, _fetchedTo) = (view, view.Shown.UidNext);
        if (!await view.RefreshRightsAsync(session, MailboxRights.Read))
        {
            view.PassOver();
            return;
        }
        var rule = _selected!.Filter == NotifyFilter.Selected || inIdle ? UpdateRule.All : UpdateRule.WithoutExpunge;
        // RFC 5465 §5.3: FETCH replies that tell flags have the UID.
        view.Update(session.Writer, rule, withUid: true, flags: _selected.Events.HasFlag(NotifyEvents.FlagChange));
        await session.TellContextsAsync(view);
        var from = _fetchedTo;
        _fetchedTo = view.Shown.UidNext;
        if (_selected.Items.Count > 0 && from < _fetchedTo)
            await FetchAsync(session, view, from);
    }

    /// <summary>RFC 5465 §5.2: of each new message what the client asked for; \Seen is not set by it.</summary>
    private async ValueTask FetchAsync(ImapSession session, MailboxView view, long fromUid)
    {
        // RFC 7162 §3.2.4: a client with QRESYNC is told the UID, asked for or not.
        var isUidAdded = session.Enabled is { ShowsUids: true, UidOnly: false } && !_selected!.Items.Contains(FetchItem.Uid);
        var response = new FetchResponse(session, isUidAdded ? [FetchItem.Uid, .. _selected!.Items] : _selected!.Items);
        var needsContent = _selected.Items.Any(item => item.NeedsContent);
        foreach (var message in view.Shown.Range(view.Shown.LowerBound(fromUid), view.Shown.Count).ToList())
        {
            response.Batch = needsContent ? await FetchBatch.ReadAsync(session, _selected.Items, [message]) : FetchBatch.Empty;
            var content = response.Batch.Contents.GetValueOrDefault(message.Message.ContentId);
            if (!needsContent || content is not null)
                await response.WriteAsync(message, content, showFlags: false);
        }
    }

    private async ValueTask TellOthersAsync(ImapSession session)
    {
        var (before, now) = (_told!, _watch!.Current);
        if (ReferenceEquals(before, now))
            return;
        _told = now;
        foreach (var mailbox in before.Mailboxes.Values.Where(m => !now.Mailboxes.ContainsKey(m.Mailbox.Id)).OrderBy(m => m.Path, StringComparer.Ordinal))
            TellGone(session, before, mailbox);
        foreach (var mailbox in now.Mailboxes.Values.OrderBy(m => m.Path, StringComparer.Ordinal))
            await TellChangeAsync(session, before.Mailboxes.GetValueOrDefault(mailbox.Mailbox.Id), mailbox);
        foreach (var name in now.Subscribed.Except(before.Subscribed).Concat(before.Subscribed.Except(now.Subscribed)).Order(StringComparer.Ordinal))
            TellSubscription(session, before, name);
        TellMetadata(session, before, now);
    }

    /// <summary>RFC 5465 §5.6 and §5.7.</summary>
    private void TellMetadata(ImapSession session, WatchedAccount before, WatchedAccount now)
    {
        if (now.LastMetadata == before.LastMetadata)
            return;
        var wanted = _groups.Aggregate(NotifyEvents.None, (all, group) => all | group.Events) & (NotifyEvents.MailboxMetadataChange | NotifyEvents.ServerMetadataChange);
        if (wanted == NotifyEvents.None)
            return;
        if (now.Metadata[0].Number > before.LastMetadata + 1)
        {
            Overflow(session);
            return;
        }
        foreach (var news in now.Metadata.Where(news => news.Number > before.LastMetadata))
        {
            if (news.MailboxId == 0 && wanted.HasFlag(NotifyEvents.ServerMetadataChange))
                TellEntries(session, "", news.Entries);
            else if (now.Mailboxes.GetValueOrDefault(news.MailboxId) is { } mailbox && GetMetadataCommand.MayUse(mailbox)
                && EventsOf(mailbox.Path, mailbox).HasFlag(NotifyEvents.MailboxMetadataChange))
                TellEntries(session, mailbox.Path, news.Entries);
        }
    }

    /// <summary>RFC 5464 §4.4.2 METADATA response without values.</summary>
    private static void TellEntries(ImapSession session, string name, IReadOnlyList<string> entries)
    {
        GetMetadataCommand.WriteName(session.Writer, name);
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0)
                session.Writer.Write(' ');
            session.Writer.Astring(entries[i]);
        }
        session.Writer.CrLf();
    }

    /// <summary>RFC 5465 §5.8: some news are lost; the client has to look for itself, and ask again.</summary>
    private static void Overflow(ImapSession session)
    {
        session.Writer.Untagged("OK [NOTIFICATIONOVERFLOW] Some news are lost");
        session.Subscribe(Nothing);
    }

    /// <summary>RFC 5465 §5.4: deleted, or one of another user's that is no longer to be seen.</summary>
    private void TellGone(ImapSession session, WatchedAccount before, ReachedMailbox mailbox)
    {
        if (EventsOf(mailbox.Path, mailbox, before.Subscribed).HasFlag(NotifyEvents.MailboxName))
            TellList(session, mailbox.IsOwn ? "\\NonExistent" : "\\NoAccess", mailbox.Path);
    }

    private async ValueTask TellChangeAsync(ImapSession session, ReachedMailbox? before, ReachedMailbox now)
    {
        var events = EventsOf(now.Path, now);
        var nameEvents = before is null ? events : events | EventsOf(before.Path, before);
        if (nameEvents.HasFlag(NotifyEvents.MailboxName) && (before is null || before.Path != now.Path || before.Mailbox.NoSelect != now.Mailbox.NoSelect))
            TellList(session, now.Mailbox.NoSelect ? "\\Noselect" : "", now.Path, before is not null && before.Path != now.Path ? before.Path : null);
        if (before is not null && (events & EventsBetween(before.Mailbox, now.Mailbox)) != NotifyEvents.None)
            await TellStatusAsync(session, now, events);
    }

    /// <summary>What may have happened to the messages; counts that stay equal leave flags.</summary>
    private static NotifyEvents EventsBetween(MailboxInfo before, MailboxInfo now)
    {
        if (before.HighestModSeq == now.HighestModSeq && before.UidValidity == now.UidValidity)
            return NotifyEvents.None;
        var arrived = now.UidNext - before.UidNext;
        return arrived == 0 && before.Messages == now.Messages && before.UidValidity == now.UidValidity ? NotifyEvents.FlagChange : NotifyEvents.OfMessages;
    }

    /// <summary>RFC 5465 §5.5.</summary>
    private void TellSubscription(ImapSession session, WatchedAccount before, string name)
    {
        var mailbox = _told!.Mailboxes.Values.FirstOrDefault(m => m.Path == name);
        var events = EventsOf(name, mailbox) | EventsOf(name, mailbox, before.Subscribed);
        if (!events.HasFlag(NotifyEvents.SubscriptionChange))
            return;
        var attributes = new[] { mailbox is null ? "\\NonExistent" : mailbox.Mailbox.NoSelect ? "\\Noselect" : "", _told.Subscribed.Contains(name) ? "\\Subscribed" : "" };
        TellList(session, string.Join(' ', attributes.Where(attribute => attribute.Length > 0)), name);
    }

    private async ValueTask TellStatusAsync(ImapSession session, ReachedMailbox mailbox, NotifyEvents events)
    {
        // Of the selected mailbox its own news tell.
        if (mailbox.Mailbox.NoSelect || !mailbox.May(MailboxRights.Read) || session.View?.MailboxId == mailbox.Mailbox.Id)
            return;
        try
        {
            await StatusCommand.TellAsync(session, mailbox, events.HasFlag(NotifyEvents.FlagChange)
                ? [StatusItem.Messages, StatusItem.UidNext, StatusItem.UidValidity, StatusItem.Unseen, StatusItem.HighestModSeq]
                : [StatusItem.Messages, StatusItem.UidNext, StatusItem.UidValidity, StatusItem.Unseen]);
            await session.Writer.FlushIfLargeAsync();
        }
        catch (MailboxException)
        {
            // It went meanwhile, as the next news tell.
        }
    }

    private NotifyEvents EventsOf(string path, ReachedMailbox? mailbox, IReadOnlySet<string>? subscribed = null)
    {
        var events = NotifyEvents.None;
        foreach (var group in _groups)
        {
            if (group.Covers(path, mailbox, subscribed ?? _told!.Subscribed))
                events |= group.Events;
        }
        return events;
    }

    private static void TellList(ImapSession session, string attributes, string path, string? oldPath = null)
    {
        var writer = session.Writer;
        writer.Write($"* LIST ({attributes}) \"/\" ");
        writer.Mailbox(path);
        if (oldPath is not null)
        {
            writer.Write(" (\"OLDNAME\" ("u8);
            writer.Mailbox(oldPath);
            writer.Write("))"u8);
        }
        writer.CrLf();
    }
}
