using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 9208 §4.1.1 GETQUOTA. Each account is one quota root, by the name of its address; one without limits is none.</summary>
internal sealed record GetQuotaCommand(string Root) : IImapCommand
{
    /// <summary>§5.1: STORAGE is told in units of 1024 octets.</summary>
    private const long StorageUnit = 1024;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new GetQuotaCommand(scanner.Astring());
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (await FindAccountAsync(session) is not { } account || await session.Backend.Access.QuotaAsync(account) is not { } use || !HasLimits(use))
            return Completion.No("No such quota root", "NONEXISTENT");
        Write(session.Writer, Root, use);
        return Completion.Ok("Getquota completed");
    }

    public static bool HasLimits(QuotaUse use) => (use.MaxOctets ?? use.MaxMessages) is not null;

    public static void Write(ImapWriter writer, string root, QuotaUse use)
    {
        writer.Write("* QUOTA "u8);
        writer.String(root);
        writer.Write(" ("u8);
        if (use.MaxOctets is { } octets)
            writer.Write($"STORAGE {Units(use.Octets)} {Units(octets)}{(use.MaxMessages is null ? "" : " ")}");
        if (use.MaxMessages is { } messages)
            writer.Write($"MESSAGE {use.Messages} {messages}");
        writer.Write(")\r\n"u8);
    }

    private static long Units(long octets) => octets / StorageUnit + (octets % StorageUnit > 0 ? 1 : 0);

    /// <summary>The own account, or one that lets this one read a mailbox: of others nobody hears.</summary>
    private async ValueTask<long?> FindAccountAsync(ImapSession session)
    {
        if (Root.Equals(session.Account.Address, StringComparison.OrdinalIgnoreCase))
            return session.Account.Id;
        var shared = await session.Backend.Access.SharedAsync(session.Identity);
        return shared.FirstOrDefault(m => m.May(MailboxRights.Read) && m.Owner.Equals(Root, StringComparison.OrdinalIgnoreCase))?.Mailbox.AccountId;
    }
}
