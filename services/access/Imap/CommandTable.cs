using System.Collections.Frozen;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Every command, where it is legal, and what news may follow it.</summary>
internal static class CommandTable
{
    /// <summary>RFC 6851 §4.1: a move removes as STORE \Deleted and EXPUNGE do.</summary>
    private const MailboxRights Moving = MailboxRights.Read | MailboxRights.DeleteMessages | MailboxRights.Expunge;

    private static readonly FrozenDictionary<string, CommandRule> Rules = new Dictionary<string, CommandRule>
    {
        // RFC 3501 §6.1
        ["CAPABILITY"] = new(LegalStates.Any, UpdateRule.All, CapabilityCommand.Parse),
        ["NOOP"] = new(LegalStates.Any, UpdateRule.All, NoopCommand.Parse),
        ["LOGOUT"] = new(LegalStates.Any, UpdateRule.None, LogoutCommand.Parse),
        ["ID"] = new(LegalStates.Any, UpdateRule.All, IdCommand.Parse), // RFC 2971

        // RFC 3501 §6.2
        ["STARTTLS"] = new(LegalStates.NotAuthenticated, UpdateRule.None, StartTlsCommand.Parse),
        ["AUTHENTICATE"] = new(LegalStates.NotAuthenticated, UpdateRule.None, AuthenticateCommand.Parse),
        ["LOGIN"] = new(LegalStates.NotAuthenticated, UpdateRule.None, LoginCommand.Parse),

        ["UNAUTHENTICATE"] = new(LegalStates.LoggedIn, UpdateRule.None, UnauthenticateCommand.Parse), // RFC 8437

        // RFC 3501 §6.3
        ["SELECT"] = new(LegalStates.LoggedIn, UpdateRule.None, SelectCommand.ParseSelect),
        ["EXAMINE"] = new(LegalStates.LoggedIn, UpdateRule.None, SelectCommand.ParseExamine),
        ["CREATE"] = new(LegalStates.LoggedIn, UpdateRule.All, CreateCommand.Parse),
        ["DELETE"] = new(LegalStates.LoggedIn, UpdateRule.All, DeleteCommand.Parse),
        ["RENAME"] = new(LegalStates.LoggedIn, UpdateRule.All, RenameCommand.Parse),
        ["SUBSCRIBE"] = new(LegalStates.LoggedIn, UpdateRule.All, SubscribeCommand.ParseSubscribe),
        ["UNSUBSCRIBE"] = new(LegalStates.LoggedIn, UpdateRule.All, SubscribeCommand.ParseUnsubscribe),
        ["LIST"] = new(LegalStates.LoggedIn, UpdateRule.All, ListCommand.Parse),
        ["LSUB"] = new(LegalStates.LoggedIn, UpdateRule.All, LsubCommand.Parse),
        ["STATUS"] = new(LegalStates.LoggedIn, UpdateRule.All, StatusCommand.Parse),
        ["APPEND"] = new(LegalStates.LoggedIn, UpdateRule.All, AppendCommand.Parse),
        ["REPLACE"] = new(LegalStates.Selected, UpdateRule.All, ReplaceCommand.Parse) { Needs = Moving }, // RFC 8508
        ["UID REPLACE"] = new(LegalStates.Selected, UpdateRule.All, ReplaceCommand.ParseUid, WithUid: true) { Needs = Moving },
        ["NAMESPACE"] = new(LegalStates.LoggedIn, UpdateRule.All, NamespaceCommand.Parse), // RFC 2342
        ["GETMETADATA"] = new(LegalStates.LoggedIn, UpdateRule.All, GetMetadataCommand.Parse), // RFC 5464
        ["SETMETADATA"] = new(LegalStates.LoggedIn, UpdateRule.All, SetMetadataCommand.Parse),
        ["NOTIFY"] = new(LegalStates.LoggedIn, UpdateRule.All, NotifyCommand.Parse), // RFC 5465
        ["GETQUOTA"] = new(LegalStates.LoggedIn, UpdateRule.All, GetQuotaCommand.Parse), // RFC 9208
        ["GETQUOTAROOT"] = new(LegalStates.LoggedIn, UpdateRule.All, GetQuotaRootCommand.Parse),
        ["SETQUOTA"] = new(LegalStates.LoggedIn, UpdateRule.All, SetQuotaCommand.Parse),
        ["SETACL"] = new(LegalStates.LoggedIn, UpdateRule.All, SetAclCommand.Parse), // RFC 4314
        ["DELETEACL"] = new(LegalStates.LoggedIn, UpdateRule.All, DeleteAclCommand.Parse),
        ["GETACL"] = new(LegalStates.LoggedIn, UpdateRule.All, GetAclCommand.Parse),
        ["LISTRIGHTS"] = new(LegalStates.LoggedIn, UpdateRule.All, ListRightsCommand.Parse),
        ["MYRIGHTS"] = new(LegalStates.LoggedIn, UpdateRule.All, MyRightsCommand.Parse),
        ["ENABLE"] = new(LegalStates.LoggedIn, UpdateRule.None, EnableCommand.Parse), // RFC 5161
        ["COMPRESS"] = new(LegalStates.LoggedIn, UpdateRule.All, CompressCommand.Parse), // RFC 4978
        ["GENURLAUTH"] = new(LegalStates.LoggedIn, UpdateRule.All, GenUrlAuthCommand.Parse), // RFC 4467
        ["RESETKEY"] = new(LegalStates.LoggedIn, UpdateRule.All, ResetKeyCommand.Parse),
        ["URLFETCH"] = new(LegalStates.LoggedIn, UpdateRule.All, UrlFetchCommand.Parse),
        ["GETJMAPACCESS"] = new(LegalStates.LoggedIn, UpdateRule.All, GetJmapAccessCommand.Parse), // RFC 9698
        ["LANGUAGE"] = new(LegalStates.Any, UpdateRule.All, LanguageCommand.Parse), // RFC 5255
        ["IDLE"] = new(LegalStates.LoggedIn, UpdateRule.All, IdleCommand.Parse), // RFC 2177

        // RFC 3501 §6.4
        ["CHECK"] = new(LegalStates.Selected, UpdateRule.All, NoopCommand.ParseCheck) { Needs = MailboxRights.None },
        ["CLOSE"] = new(LegalStates.Selected, UpdateRule.None, CloseCommand.ParseClose) { Needs = MailboxRights.None },
        ["UNSELECT"] = new(LegalStates.Selected, UpdateRule.None, CloseCommand.ParseUnselect) { Needs = MailboxRights.None }, // RFC 3691
        ["EXPUNGE"] = new(LegalStates.Selected, UpdateRule.All, ExpungeCommand.Parse) { Needs = MailboxRights.Expunge },
        ["SEARCH"] = new(LegalStates.Selected, UpdateRule.WithoutExpunge, SearchCommand.Parse),
        ["ESEARCH"] = new(LegalStates.LoggedIn, UpdateRule.All, EsearchCommand.Parse, WithUid: true), // RFC 7377
        ["CANCELUPDATE"] = new(LegalStates.Selected, UpdateRule.All, CancelUpdateCommand.Parse), // RFC 5267
        ["SORT"] = new(LegalStates.Selected, UpdateRule.WithoutExpunge, SortCommand.Parse), // RFC 5256
        ["THREAD"] = new(LegalStates.Selected, UpdateRule.WithoutExpunge, ThreadCommand.Parse),
        ["FETCH"] = new(LegalStates.Selected, UpdateRule.WithoutExpunge, FetchCommand.Parse),
        ["STORE"] = new(LegalStates.Selected, UpdateRule.WithoutExpunge, StoreCommand.Parse),
        ["COPY"] = new(LegalStates.Selected, UpdateRule.All, CopyCommand.Parse),
        ["MOVE"] = new(LegalStates.Selected, UpdateRule.All, MoveCommand.Parse) { Needs = Moving }, // RFC 6851
        ["UID SEARCH"] = new(LegalStates.Selected, UpdateRule.All, SearchCommand.ParseUid, WithUid: true),
        ["UID SORT"] = new(LegalStates.Selected, UpdateRule.All, SortCommand.ParseUid, WithUid: true),
        ["UID THREAD"] = new(LegalStates.Selected, UpdateRule.All, ThreadCommand.ParseUid, WithUid: true),
        ["UID FETCH"] = new(LegalStates.Selected, UpdateRule.All, FetchCommand.ParseUid, WithUid: true),
        ["UID STORE"] = new(LegalStates.Selected, UpdateRule.All, StoreCommand.ParseUid, WithUid: true),
        ["UID COPY"] = new(LegalStates.Selected, UpdateRule.All, CopyCommand.ParseUid, WithUid: true),
        ["UID MOVE"] = new(LegalStates.Selected, UpdateRule.All, MoveCommand.ParseUid, WithUid: true) { Needs = Moving },
        ["UID EXPUNGE"] = new(LegalStates.Selected, UpdateRule.All, ExpungeCommand.ParseUid, WithUid: true) { Needs = MailboxRights.Expunge }, // RFC 4315
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The command takes or gives sequence numbers, which its UID form does not.</summary>
    public static bool UsesSequenceNumbers(string name) => name is "FETCH" or "STORE" or "SEARCH" or "SORT" or "THREAD" or "COPY" or "MOVE" or "REPLACE";

    public static CommandRule? Find(string name) => Rules.GetValueOrDefault(name);
}
