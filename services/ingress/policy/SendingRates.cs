using System.Net;
using MailMesh.Ingress.Session;
using MailMesh.Rates;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>How much a client, an account and a recipient domain may send or get, counted by all copies together.</summary>
internal sealed class SendingRates(RateLimiter rates, PolicyOptions options, string listener)
{
    /// <summary>A message begins.</summary>
    /// <param name="account">Who authenticated, if anybody did.</param>
    public Reply? Message(IPAddress client, string? account)
    {
        if (account is not null && !IsWithin(options.AccountMessageRate, "messages/account/", account))
            return Replies.AccountMessagesTooFast(account);
        return IsWithin(options.MessageRate, $"messages/{listener}/", ClientNetwork.Of(client).ToString()) ? null : Replies.MessagesTooFast;
    }

    /// <summary>A recipient is about to be taken.</summary>
    public Reply? Recipient(IPAddress client, string? account, string domain)
    {
        if (account is not null && !IsWithin(options.AccountRecipientRate, "recipients/account/", account))
            return Replies.AccountRecipientsTooFast(account);
        if (!IsWithin(options.RecipientRate, $"recipients/{listener}/", ClientNetwork.Of(client).ToString()))
            return Replies.RecipientsTooFast;
        return IsWithin(options.DomainRecipientRate, $"recipients/{listener}/domain/", domain.ToLowerInvariant()) ? null : Replies.DomainTooFast(domain);
    }

    private bool IsWithin(Rate? rate, string kind, string who) => rate is not { } limit || rates.TryCount(limit, kind + who);
}
