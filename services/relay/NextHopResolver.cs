using System.Net;
using MailMesh.Database;
using MailMesh.Dns;
using MailMesh.Outbound;
using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>Finds the next hop of a domain: its route, else its MX hosts, else its own address (RFC 5321 §5.1).</summary>
internal sealed class NextHopResolver(RelayRoutes routes, IDnsResolver dns, OwnServers own, RelayOptions options)
{
    private const int SubmissionsPort = 465;

    /// <param name="domain">Lower case; or an address literal in its brackets.</param>
    public async Task<NextHop> ResolveAsync(string domain, CancellationToken cancellationToken = default)
    {
        if (await routes.FindAsync(domain) is { } route)
            return ByRoute(route);
        if (domain is ['[', .., ']'])
            return ByLiteral(domain);
        try
        {
            return await ByMxAsync(domain, cancellationToken);
        }
        catch (DnsException failure)
        {
            return None(ResultKind.Deferred, "4.4.3", $"DNS gave no answer for {domain}: {failure.Message}");
        }
    }

    private static NextHop.Servers ByRoute(Route route)
    {
        var host = route.Host.Trim('[', ']');
        var credentials = route.Username is { } username ? new SmtpCredentials(username, route.Password ?? "") : null;
        var tls = route.Port == SubmissionsPort ? TlsUse.Implicit : credentials is not null && !IsLoopback(host) ? TlsUse.Verified : TlsUse.Opportunistic;
        // Changed credentials make another destination; the hash is of this process alone and tells nothing.
        var key = $"{host}:{route.Port} {route.Username} {route.Password?.GetHashCode(StringComparison.Ordinal)}";
        return new NextHop.Servers(key, [new MailExchange(0, host)], route.Port, tls, credentials) { IsConfigured = true };
    }

    /// <summary>RFC 5321 §4.1.3.</summary>
    private NextHop ByLiteral(string domain)
    {
        var text = domain[1..^1];
        if (text.StartsWith("ipv6:", StringComparison.OrdinalIgnoreCase))
            text = text[5..];
        return IPAddress.TryParse(text, out var address)
            ? Servers([new MailExchange(0, address.ToString())])
            : None(ResultKind.Failed, "5.1.2", $"{domain} is no address literal");
    }

    private async Task<NextHop> ByMxAsync(string domain, CancellationToken cancellationToken)
    {
        var exchanges = await dns.MxAsync(domain, cancellationToken);
        // RFC 7505 §3
        if (exchanges is [{ Host: "" }])
            return None(ResultKind.Failed, "5.1.10", $"{domain} takes no mail (null MX)");
        if (exchanges.Count == 0)
            return await ByAddressAsync(domain, cancellationToken);
        var named = exchanges.Where(e => e.Host.Length > 0).ToList();
        // RFC 5321 §5.1: among the exchanges, we hand over only to those preferred to us.
        var us = named.Find(e => own.Include(e.Host));
        if (us is not null)
            named.RemoveAll(e => e.Preference >= us.Preference);
        return named.Count > 0 ? Servers(named) : None(ResultKind.Failed, "5.4.6", $"The best mail exchange of {domain} is this server, which does not keep mail for it");
    }

    private async Task<NextHop> ByAddressAsync(string domain, CancellationToken cancellationToken)
    {
        var addresses = await dns.AddressesAsync(domain, cancellationToken);
        if (addresses.Count > 0)
            return own.Include(domain)
                ? None(ResultKind.Failed, "5.4.6", $"{domain} is this server, which does not keep mail for it")
                : Servers([new MailExchange(0, domain)]);
        return await dns.ExistsAsync(domain, cancellationToken)
            ? None(ResultKind.Failed, "5.4.4", $"{domain} has neither mail exchange nor address")
            : None(ResultKind.Failed, "5.1.2", $"The domain {domain} does not exist");
    }

    private NextHop.Servers Servers(IReadOnlyList<MailExchange> exchanges)
    {
        var key = string.Join(' ', exchanges.Select(e => $"{e.Preference} {e.Host.ToLowerInvariant()}").Order(StringComparer.Ordinal));
        return new NextHop.Servers(key, exchanges, options.Port, TlsUse.Opportunistic, null);
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static NextHop.None None(ResultKind kind, string status, string text) => new(RecipientResult.Finding(kind, status, text));
}
