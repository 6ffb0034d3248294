using MailMesh.Sasl;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.1.1 CAPABILITY.</summary>
internal sealed record CapabilityCommand : IImapCommand
{
    /// <summary>What works in every state; each has its tests in tests/protocol/imap.</summary>
    private static readonly string Always = string.Join(' ',
        "IMAP4rev1",
        "IMAP4rev2",
        "LITERAL+",
        "SASL-IR",
        "ID",
        "ENABLE",
        "CONDSTORE",
        "QRESYNC",
        "OBJECTID",
        "SAVEDATE",
        "UIDONLY",
        "IDLE",
        "NAMESPACE",
        "CHILDREN",
        "LIST-EXTENDED",
        "LIST-STATUS",
        "SPECIAL-USE",
        "CREATE-SPECIAL-USE",
        "UIDPLUS",
        "MOVE",
        "UNSELECT",
        "STATUS=SIZE",
        "ESEARCH",
        "SEARCHRES",
        "WITHIN",
        "SORT",
        "SORT=DISPLAY",
        "ESORT",
        "CONTEXT=SEARCH",
        "CONTEXT=SORT",
        "PARTIAL",
        "MULTISEARCH",
        "SEARCH=FUZZY",
        "INPROGRESS",
        "THREAD=ORDEREDSUBJECT",
        "THREAD=REFERENCES",
        "THREAD=REFS",
        "I18NLEVEL=1",
        "NOTIFY",
        "METADATA",
        "LIST-METADATA",
        "QUOTA",
        "QUOTA=RES-STORAGE",
        "QUOTA=RES-MESSAGE",
        "ACL",
        "RIGHTS=kxte",
        "LIST-MYRIGHTS",
        "MULTIAPPEND",
        "CATENATE",
        "REPLACE",
        "BINARY",
        "PREVIEW",
        "UTF8=ACCEPT",
        "URLAUTH",
        "URLFETCH=BINARY",
        "URL-PARTIAL",
        "LANGUAGE");

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new CapabilityCommand();
    }

    /// <summary>The capabilities of a session as it stands.</summary>
    public static string Of(ImapSession session)
    {
        // RFC 7889: one limit for all mailboxes.
        var always = $"{Always} APPENDLIMIT={session.Server.Options.MaxAppendBytes}";
        if (MessageLimit.Of(session) is { IsSet: true } limit)
            always += $" MESSAGELIMIT={limit.Messages}";
        if (session.State is not SessionState.NotAuthenticated)
            return $"{always} UNAUTHENTICATE{Jmap(session)}{(session.Connection.IsDeflated ? "" : " COMPRESS=DEFLATE")}"; // RFC 4978 §3: not twice
        var startTls = session.Connection.IsTls || session.Connection.IsDeflated ? "" : " STARTTLS";
        return session.MayLogIn ? $"{always}{startTls}{Mechanisms(session)}" : $"{always}{startTls} LOGINDISABLED";
    }

    /// <summary>RFC 9698 §3: after a login, since it says that the client's credentials will do there too.</summary>
    private static string Jmap(ImapSession session) => session.Server.Options.JmapUrl is null ? "" : " JMAPACCESS";

    private static string Mechanisms(ImapSession session) =>
        string.Concat(session.Server.Sasl.MechanismsFor(SaslPeer.Of(session.Connection)).Select(mechanism => $" AUTH={mechanism}"));

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Untagged($"CAPABILITY {Of(session)}");
        return ValueTask.FromResult(Completion.Ok("Capability completed"));
    }
}
