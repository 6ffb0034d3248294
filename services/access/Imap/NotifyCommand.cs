namespace MailMesh.Access.Imap;

/// <summary>RFC 5465 NOTIFY: what the client wants to hear of without asking, also of mailboxes that it has not selected.</summary>
/// <param name="Groups">Null for NONE.</param>
internal sealed record NotifyCommand(IReadOnlyList<NotifyGroup>? Groups, bool Status) : IImapCommand
{
    private const int MaxGroups = 100;

    /// <summary>Names of all groups: each change of a mailbox is compared with each.</summary>
    private const int MaxNames = 1000;

    private static readonly string Supported = string.Join(' ', Enum.GetValues<NotifyEvents>().Where(one => int.PopCount((int)one) == 1));

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        if (scanner.TakeWord("NONE"))
            return new NotifyCommand(null, Status: false);
        if (!scanner.TakeWord("SET"))
            scanner.Fail("SET or NONE expected");
        var status = scanner.TakeWord(" STATUS");
        var groups = new List<NotifyGroup>();
        do
        {
            scanner.ExpectSpace();
            groups.Add(NotifyGroup.Parse(ref scanner));
            if (groups.Count > MaxGroups)
                scanner.Fail("Too many groups of events");
        }
        while (!scanner.Failed && scanner.Ahead == ' ');
        if (groups.Count(group => group.IsSelected) > 1)
            scanner.Fail("The selected mailbox can be in one group alone");
        return new NotifyCommand(groups, status);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Groups is null)
        {
            session.Subscribe(NotifySubscription.Nothing);
            return Completion.Ok("Notify completed");
        }
        if (Groups.Any(group => !group.IsSupported))
            return Completion.No("Not all of these events can be told", $"BADEVENT ({Supported})");
        if (Groups.Sum(group => group.Names.Count) > MaxNames)
            return Completion.No("Too many mailboxes", "NOTIFICATIONOVERFLOW");
        if (session.View is { } view)
            await view.RefreshAsync();
        var subscription = await NotifySubscription.OpenAsync(session, Groups);
        session.Subscribe(subscription);
        if (Status)
            await subscription.TellStatusAsync(session);
        return Completion.Ok("Notify completed");
    }
}
