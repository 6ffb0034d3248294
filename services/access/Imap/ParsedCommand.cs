namespace MailMesh.Access.Imap;

/// <summary>A command line, understood or not.</summary>
/// <param name="Tag">Null where the line has no tag of RFC 3501 §9.</param>
/// <param name="Name">Upper case; of a UID command both words.</param>
/// <param name="Error">What was wrong; null where <paramref name="Command"/> is there.</param>
internal readonly record struct ParsedCommand(string? Tag, string Name, CommandRule? Rule, IImapCommand? Command, string? Error)
{
    /// <summary>Reads a whole command, literals inline; never fails otherwise than by <see cref="Error"/>.</summary>
    /// <param name="isUtf8">The client enabled UTF-8 (RFC 6855).</param>
    public static ParsedCommand Parse(ReadOnlySpan<byte> octets, bool isUtf8 = false)
    {
        var scanner = new ImapScanner(octets, isUtf8);
        var tag = scanner.Tag();
        if (scanner.Failed)
            return new ParsedCommand(null, "", null, null, "Tag missing");
        scanner.ExpectSpace();
        var name = CommandName(ref scanner);
        if (scanner.Failed)
            return new ParsedCommand(tag, "", null, null, "Command missing");
        if (CommandTable.Find(name) is not { } rule)
            return new ParsedCommand(tag, name, null, null, "Unknown command");
        var command = rule.Parse(ref scanner);
        scanner.ExpectEnd();
        return scanner.Failed
            ? new ParsedCommand(tag, name, rule, null, scanner.Error)
            : new ParsedCommand(tag, name, rule, command, null);
    }

    /// <summary>The tag of a command that is not whole.</summary>
    public static string? TagOf(ReadOnlySpan<byte> octets)
    {
        var scanner = new ImapScanner(octets);
        var tag = scanner.Tag();
        return scanner.Failed ? null : tag;
    }

    private static string CommandName(ref ImapScanner scanner)
    {
        var name = scanner.Keyword();
        if (name != "UID")
            return name;
        scanner.ExpectSpace();
        return "UID " + scanner.Keyword();
    }
}
