using System.Text;
using MailMesh.Accounts;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>
/// The header of what a relay client sends: Date, Message-ID and From are put in where they are missing, and where the client has a
/// sender of its own, it takes the place of an address in From that is not ours; Reply-To keeps that one.
/// </summary>
/// <param name="sender">Stands in; null to leave From as it is.</param>
internal sealed class RelayClientHeader(SmtpServer server, string? sender, MissingFields missing)
{
    private const int MaxDomains = 5;

    /// <exception cref="TimeoutException">The directory does not answer.</exception>
    public async Task<HeaderOutcome> ReviewAsync(SubmissionHeader header)
    {
        if (header.IsTooLong)
            return HeaderOutcome.Before("", header.Held);
        var fields = HeaderField.ReadAll(header.Header);
        var from = fields.FindAll(field => field.Is("From"));
        if (sender is null || from.Count == 0 || (from.Count == 1 && await IsOursAsync(from[0])))
            return HeaderOutcome.Before(missing.Of(fields), header.Held);
        var prefix = missing.Of(fields) + Replacement(from[0], fields.Exists(field => field.Is("Reply-To")));
        var kept = fields.Where(field => !field.Is("From") && !field.Is("Sender")).Select(field => field.Octets);
        return new HeaderOutcome([Encoding.UTF8.GetBytes(prefix), .. kept, header.Held[header.Header.Length..]]);
    }

    private async Task<bool> IsOursAsync(HeaderField from)
    {
        // Of each domain the directory is asked: a device that has more of them is none of ours.
        if (from.Mailboxes()?.Select(mailbox => mailbox.Address.Domain).Distinct(StringComparer.Ordinal).ToList() is not { Count: <= MaxDomains } domains)
            return false;
        foreach (var domain in domains)
        {
            if (await server.InTimeAsync(server.Accounts.ResolveAsync("postmaster@" + domain)) is AddressResolution.Remote)
                return false;
        }
        return true;
    }

    private string Replacement(HeaderField from, bool hasReplyTo)
    {
        if (from.Mailboxes() is not [var first, ..])
            return $"From: <{sender}>\r\n";
        var replyTo = hasReplyTo ? "" : $"Reply-To: <{first.Address}>\r\n";
        return $"From: {DisplayName(first)}<{sender}>\r\n{replyTo}";
    }

    /// <summary>The name of the device or person stays: it is what the reader of the mail looks at.</summary>
    private static string DisplayName(Mailbox mailbox)
    {
        if (mailbox.DisplayName is not { Length: > 0 and <= 200 } name || name.Any(c => c is < ' ' or > '~'))
            return "";
        var isEncoded = name.StartsWith("=?", StringComparison.Ordinal) && name.EndsWith("?=", StringComparison.Ordinal) && !name.Any(c => "\"<>@,;:()\\".Contains(c, StringComparison.Ordinal));
        return isEncoded ? $"{name} " : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" ";
    }
}
