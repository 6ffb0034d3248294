namespace MailMesh.Mailstore;

public sealed record MailboxInfo(long Id, long AccountId, string Name, long UidValidity, long UidNext, long HighestModSeq, string? SpecialUse, bool NoSelect)
{
    /// <summary>Messages in it.</summary>
    public long Messages { get; init; }
}
