namespace MailMesh.Access.Imap;

/// <summary>RFC 5258 selection and return options of LIST, with those of RFC 6154 and RFC 5819.</summary>
internal sealed record ListOptions
{
    public bool SelectSubscribed { get; init; }

    public bool SelectSpecialUse { get; init; }

    public bool RecursiveMatch { get; init; }

    /// <summary>Not every name that matches is meant.</summary>
    public bool Selects => SelectSubscribed || SelectSpecialUse;

    public bool ReturnSubscribed { get; init; }

    /// <summary>RFC 8440: a MYRIGHTS reply of each mailbox.</summary>
    public bool ReturnMyRights { get; init; }

    /// <summary>RFC 9590: annotations of RETURN (METADATA (…)); empty for none.</summary>
    public IReadOnlyList<string> ReturnMetadata { get; init; } = [];

    /// <summary>Items of RETURN (STATUS (…)); empty for none.</summary>
    public IReadOnlyList<StatusItem> ReturnStatus { get; init; } = [];

    /// <summary>Between parentheses that are taken already, to the closing one.</summary>
    public static ListOptions ParseSelection(ref ImapScanner scanner)
    {
        var options = new ListOptions();
        while (!scanner.Failed && !scanner.Take(')'))
        {
            var option = scanner.Keyword();
            options = option switch
            {
                "SUBSCRIBED" => options with { SelectSubscribed = true },
                "SPECIAL-USE" => options with { SelectSpecialUse = true },
                "RECURSIVEMATCH" => options with { RecursiveMatch = true },
                "REMOTE" => options, // there are no mailboxes elsewhere
                _ => Unknown(options, ref scanner),
            };
            if (scanner.Ahead != ')')
                scanner.ExpectSpace();
        }
        // RFC 5258 §3.1: RECURSIVEMATCH says how another option selects.
        if (options is { RecursiveMatch: true, SelectSubscribed: false, SelectSpecialUse: false })
            scanner.Fail("RECURSIVEMATCH needs another selection option");
        return options;
    }

    public ListOptions ParseReturn(ref ImapScanner scanner)
    {
        var options = this;
        scanner.Expect('(');
        while (!scanner.Failed && !scanner.Take(')'))
        {
            options = scanner.Keyword() switch
            {
                "SUBSCRIBED" => options with { ReturnSubscribed = true },
                "CHILDREN" or "SPECIAL-USE" => options, // always told
                "METADATA" => options with { ReturnMetadata = Metadata(ref scanner) },
                "MYRIGHTS" => options with { ReturnMyRights = true },
                "STATUS" => options with { ReturnStatus = Status(ref scanner) },
                _ => Unknown(options, ref scanner),
            };
            if (scanner.Ahead != ')')
                scanner.ExpectSpace();
        }
        return options;
    }

    private static IReadOnlyList<string> Metadata(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        if (scanner.Ahead != '(')
            scanner.Fail("Entries expected");
        return EntryName.ParseList(ref scanner);
    }

    private static IReadOnlyList<StatusItem> Status(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return StatusCommand.ParseItems(ref scanner);
    }

    private static ListOptions Unknown(ListOptions options, ref ImapScanner scanner)
    {
        scanner.Fail("Unknown LIST option");
        return options;
    }
}
