using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MailMesh.Testing;

/// <summary>What an account's INBOX holds of the messages that the tests sent.</summary>
/// <param name="UidValidity">Of the mailbox.</param>
/// <param name="Uids">In the order of the mailbox.</param>
/// <param name="Ids">X-Ledger of each message, in the same order.</param>
public sealed partial record LedgerMailbox(string UidValidity, IReadOnlyList<long> Uids, IReadOnlyList<string> Ids)
{
    public static async Task<LedgerMailbox> ReadAsync(MailServer server, string account)
    {
        await using var imap = await ImapWire.LoginAsync(server, account);
        var examined = (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var validity = UidValidityCode().Match(examined.All).Groups[1].Value;
        if (await imap.CountAsync() == 0)
            return new LedgerMailbox(validity, [], []);
        var fetched = (await imap.CommandAsync("FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (X-LEDGER)])")).Expect("OK");
        var responses = fetched.Untagged.Where(response => response.Literals.Count == 1).ToList();
        return new LedgerMailbox(
            validity,
            [.. responses.Select(response => long.Parse(UidItem().Match(response.Text).Groups[1].Value, CultureInfo.InvariantCulture))],
            [.. responses.Select(response => Encoding.ASCII.GetString(response.Literals[0]).Trim()["X-Ledger: ".Length..])]);
    }

    /// <summary>The same without the messages of others.</summary>
    public LedgerMailbox Only(Func<string, bool> ours)
    {
        var kept = Ids.Index().Where(entry => ours(entry.Item)).ToList();
        return this with { Uids = [.. kept.Select(entry => Uids[entry.Index])], Ids = [.. kept.Select(entry => entry.Item)] };
    }

    [GeneratedRegex(@"UIDVALIDITY (\d+)")]
    private static partial Regex UidValidityCode();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex UidItem();
}
