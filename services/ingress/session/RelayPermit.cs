using System.Globalization;
using System.Net;
using System.Text;
using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;
using MailMesh.Rates;

namespace MailMesh.Ingress.Session;

/// <summary>What a client may do without authentication, since an operator listed its network: send one message to anybody, and be counted for it.</summary>
internal sealed class RelayPermit(RelayClientInfo client, IPAddress address, RateLimiter rates)
{
    private bool _isCounted;

    public RelayClientInfo Client => client;

    /// <summary>The permit for one message of the session; null where it has none, or is authenticated and needs none.</summary>
    /// <exception cref="IOException">Whether the client has one is not known.</exception>
    public static async ValueTask<RelayPermit?> OfAsync(SmtpSession session, SessionState.Greeted greeted)
    {
        if (greeted.Account is not null || !session.Listener.TakesRelayClients)
            return null;
        var address = MessageStory.AddressOf(session);
        return await session.Server.RelayClients.FindAsync(address) is { } client ? new RelayPermit(client, address, session.Server.Rates) : null;
    }

    /// <summary>For rules that hold for strangers: false too while it is not known.</summary>
    public static async ValueTask<bool> IsClientAsync(SmtpSession session)
    {
        try
        {
            return session.Listener.TakesRelayClients && await session.Server.RelayClients.FindAsync(MessageStory.AddressOf(session)) is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The sender that the operator gave takes the place of the client's own. A notification keeps the null reverse-path: whom would its bounce go to?</summary>
    public MailCommand Rewrite(MailCommand mail) => client.Sender is { } sender && mail.ReversePath.Length > 0
        ? mail with { ReversePath = sender, Smtputf8 = mail.Smtputf8 || !Ascii.IsValid(sender) }
        : mail;

    /// <summary>Counts the message against the client's day; its refusal where that is full.</summary>
    public Reply? Count()
    {
        if (client.MessagesPerDay is not { } quota)
            return null;
        _isCounted = rates.TryCount(Rate.PerDay(quota), Subject, 1);
        return _isCounted ? null : Replies.QuotaUsedUp(quota.ToString(CultureInfo.InvariantCulture), address.ToString());
    }

    /// <summary>The message was taken.</summary>
    public void Keep() => _isCounted = false;

    /// <summary>The message was not taken, unless it was kept.</summary>
    public void TakeBack()
    {
        if (_isCounted)
            rates.Count(Rate.PerDay(client.MessagesPerDay ?? 0), Subject, -1);
        _isCounted = false;
    }

    private string Subject => $"messages/relay-client/{address}";
}
