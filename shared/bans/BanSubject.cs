using System.Net;
using MailMesh.Accounts;
using MailMesh.Wire;

namespace MailMesh.Bans;

/// <summary>Who can be banned, as one text: 192.0.2.1, 192.0.2.0/24, 2001:db8::/64, or user@example.org.</summary>
public static class BanSubject
{
    /// <summary>The client's own network.</summary>
    public static string Of(IPAddress client) => TextOf(ClientNetwork.Of(client));

    /// <summary>An account as a login names it; null for what is no address, and so no account.</summary>
    public static string? Of(string user) => MailAddress.TryParse(user, out var address) ? address.ToString() : null;

    /// <summary>Reads what an operator wrote: an IPv6 address stands for its /64.</summary>
    public static bool TryParse(string text, out string subject)
    {
        subject = "";
        if (IPAddress.TryParse(text, out var address))
            subject = Of(address);
        else if (IPNetwork.TryParse(text, out var network))
            subject = TextOf(network);
        else if (text.Contains('@', StringComparison.Ordinal) && Of(text) is { } account)
            subject = account;
        return subject.Length > 0;
    }

    private static string TextOf(IPNetwork network) =>
        network.PrefixLength == 32 && network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? network.BaseAddress.ToString() : network.ToString();
}
