using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>A change of flags by this session: what it makes of a message needs no report of its own.</summary>
/// <remarks>RFC 3501 §6.4.6: also after STORE .SILENT, a change that came from elsewhere is reported.</remarks>
/// <param name="reportsAll">The command itself reports every message of <paramref name="uids"/>, however it changed.</param>
internal sealed class OwnChange(IReadOnlySet<long> uids, FlagChange change, bool reportsAll = false)
{
    public bool ReportsAll => reportsAll;

    /// <summary>True when this session's change alone made <paramref name="after"/> of <paramref name="before"/>.</summary>
    public bool Covers(MailboxMessage before, MailboxMessage after)
    {
        if (!uids.Contains(after.Uid))
            return false;
        if (reportsAll)
            return true;
        return change.Apply(before.Flags) == after.Flags && KeywordsAfter(before).SetEquals(Split(after.Keywords));
    }

    private HashSet<string> KeywordsAfter(MailboxMessage before)
    {
        var keywords = new HashSet<string>(Split(before.Keywords), StringComparer.OrdinalIgnoreCase);
        if (change.Operation == FlagOperation.Replace && change.Settable.Keywords)
            keywords.Clear();
        if (change.Operation == FlagOperation.Remove)
            keywords.ExceptWith(change.Keywords);
        else
            keywords.UnionWith(change.Keywords);
        return keywords;
    }

    private static string[] Split(string? keywords) => keywords is null ? [] : keywords.Split(' ');
}
