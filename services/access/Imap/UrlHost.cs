using System.Net;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5092 §3: whether the server that a URL names is this one.</summary>
/// <remarks>
/// A server does not know all of its names: aliases and balancers stand before it. As ours counts the hostname, its siblings
/// (imap.example.net beside mx.example.net), a name of the account's domain, and the address that the client is connected to.
/// </remarks>
internal static class UrlHost
{
    /// <param name="host">Without its port; null in a relative URL.</param>
    public static bool IsHere(string? host, ImapSession session)
    {
        if (host is null)
            return true;
        if (IPAddress.TryParse(host, out var address))
            return IPAddress.IsLoopback(address) || address.Equals(session.Connection.Local.Address);
        var hostname = session.Server.Hostname;
        var dot = hostname.IndexOf('.', StringComparison.Ordinal);
        var parent = dot < 0 ? "" : hostname[(dot + 1)..];
        return Is(host, "localhost") || Is(host, hostname)
            // Of mx.example the sibling would be anybody.
            || (parent.Contains('.', StringComparison.Ordinal) && IsWithin(host, parent))
            || IsWithin(host, DomainOf(session.Account.Address));
    }

    public static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..];

    private static bool IsWithin(string host, string domain) =>
        Is(host, domain) || (host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && host[^(domain.Length + 1)] == '.');

    private static bool Is(string host, string name) => host.Equals(name, StringComparison.OrdinalIgnoreCase);
}
