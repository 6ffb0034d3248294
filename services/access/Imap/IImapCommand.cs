using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>A command with its arguments. Its file holds its grammar (a static Parse, without I/O) and its operation.</summary>
internal interface IImapCommand
{
    /// <summary>Does the command; untagged replies are written, the tagged one is the result.</summary>
    ValueTask<Completion> RunAsync(ImapSession session);
}

/// <summary>Reads a command's arguments, from the blank after its name.</summary>
internal delegate IImapCommand CommandParser(ref ImapScanner scanner);

/// <summary>RFC 3501 §3: the states of a session, as a set.</summary>
[Flags]
internal enum LegalStates
{
    NotAuthenticated = 1,
    Authenticated = 2,
    Selected = 4,
    LoggedIn = Authenticated | Selected,
    Any = NotAuthenticated | LoggedIn,
}

/// <summary>Which news of the selected mailbox may stand before a command's tagged reply.</summary>
internal enum UpdateRule
{
    None,

    /// <summary>RFC 3501 §7.4.1: no EXPUNGE in FETCH, STORE and SEARCH, whose sequence numbers it would shift.</summary>
    WithoutExpunge,

    All,
}

/// <param name="States">Where the command is legal.</param>
/// <param name="WithUid">FETCH replies of the command show the UID (RFC 3501 §6.4.8).</param>
internal sealed record CommandRule(LegalStates States, UpdateRule Updates, CommandParser Parse, bool WithUid = false)
{
    /// <summary>RFC 4314 §4: rights in the selected mailbox without which the command is refused. A command of the selected state alone reads it, unless said otherwise.</summary>
    public MailboxRights Needs { get; init; } = States == LegalStates.Selected ? MailboxRights.Read : MailboxRights.None;
}
