using MailMesh.Accounts;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>RFC 6409 §6.1 and §8: the header of what an account submits bears its own addresses, and what was missing is put in.</summary>
/// <param name="envelopeSender">Checked already; empty for the null reverse-path.</param>
internal sealed class AccountHeader(SmtpServer server, AuthenticatedAccount account, string envelopeSender, MissingFields missing)
{
    /// <summary>Nobody writes in the name of more: each costs a look into the directory.</summary>
    private const int MaxAddresses = 20;

    private readonly HashSet<string> _own = new(StringComparer.Ordinal) { account.Address };

    private bool Checks => server.Options.FromCheck == FromCheck.Reject;

    /// <exception cref="TimeoutException">The directory does not answer.</exception>
    public async Task<HeaderOutcome> ReviewAsync(SubmissionHeader header)
    {
        if (header.IsTooLong)
            return Checks ? HeaderOutcome.Refused(Replies.HeaderTooLong) : HeaderOutcome.Before("", header.Held);
        var fields = HeaderField.ReadAll(header.Header);
        if (Checks && await JudgeAsync(fields) is { } refusal)
            return HeaderOutcome.Refused(refusal);
        return HeaderOutcome.Before(missing.Of(fields), header.Held);
    }

    private async Task<Reply?> JudgeAsync(List<HeaderField> fields)
    {
        if (MailAddress.TryParse(envelopeSender, out var sender))
            _own.Add(sender.ToString());
        // RFC 5322 §3.6: at most one of each; of two, one reader shows the first and another the last.
        return await JudgeAsync("From", fields) ?? await JudgeAsync("Sender", fields);
    }

    private async Task<Reply?> JudgeAsync(string name, List<HeaderField> fields)
    {
        var found = fields.FindAll(field => field.Is(name));
        if (found.Count == 0)
            return null;
        if (found.Count > 1)
            return Replies.SeveralFields(name);
        if (found[0].Mailboxes() is not { Count: <= MaxAddresses } mailboxes)
            return Replies.UnreadableField(name);
        foreach (var mailbox in mailboxes)
        {
            var address = mailbox.Address.ToString();
            if (!_own.Contains(address) && !await server.InTimeAsync(server.Accounts.MaySendAsAsync(account.Id, address)))
                return Replies.NotYourField(name, address);
            _own.Add(address);
        }
        return null;
    }
}
