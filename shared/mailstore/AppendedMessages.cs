namespace MailMesh.Mailstore;

/// <summary>The UIDs of appended messages, in their order.</summary>
public sealed record AppendedMessages(long UidValidity, IReadOnlyList<long> Uids)
{
    internal static AppendedMessages Of(MailboxAdvance mailbox, int count) =>
        new(mailbox.UidValidity, [.. Enumerable.Range(0, count).Select(i => mailbox.UidNext - count + i)]);
}
