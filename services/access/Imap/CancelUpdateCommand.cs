namespace MailMesh.Access.Imap;

/// <summary>RFC 5267 §4.3.5 CANCELUPDATE.</summary>
internal sealed record CancelUpdateCommand(IReadOnlyList<string> Tags) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var tags = new List<string>();
        do
        {
            scanner.ExpectSpace();
            if (scanner.Ahead != '"')
                scanner.Fail("Quoted tag expected");
            tags.Add(scanner.String());
            if (tags.Count > SearchContexts.MaxContexts)
                scanner.Fail("Too many tags");
        }
        while (!scanner.AtEnd);
        return new CancelUpdateCommand(tags);
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        var known = 0;
        foreach (var tag in Tags)
            known += session.SelectedView.Contexts.Cancel(tag) ? 1 : 0;
        return ValueTask.FromResult(known == Tags.Count ? Completion.Ok("No further updates") : Completion.Bad("No updated search has such a tag"));
    }
}
