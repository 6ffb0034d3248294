using System.Net;
using MailMesh.Dns;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Policy;

/// <summary>What the name in EHLO or HELO says of the client (RFC 5321 §4.1.1.1, §4.1.4).</summary>
internal sealed class HeloCheck(IDnsResolver dns, PolicyOptions options, string hostname, TimeProvider clock)
{
    public const string Name = "helo";

    private const double SyntaxScore = 0.5;
    private const double OurNameScore = 2;
    private const double UnresolvedScore = 0.4;

    /// <summary>What can be seen without the DNS; null where nothing is wrong.</summary>
    /// <param name="local">Our address that the client reached.</param>
    public PolicyFinding? Check(string helo, IPAddress local)
    {
        if (options.HeloOurName != RuleMode.Off && IsOurs(helo, local))
            return Broken("ours", $"{helo} is ourselves", OurNameScore, options.HeloOurName);
        if (options.HeloSyntax != RuleMode.Off && FaultOf(helo) is { } fault)
            return Broken("syntax", $"{helo} {fault}", SyntaxScore, options.HeloSyntax);
        return null;
    }

    /// <summary>A name that <see cref="Check"/> has nothing against.</summary>
    public async Task<PolicyFinding?> ResolveAsync(string helo)
    {
        if (options.HeloUnresolved == RuleMode.Off || helo.StartsWith('[') || IPAddress.TryParse(helo, out _))
            return null;
        try
        {
            return await IsInDnsAsync(helo).WaitAsync(options.DnsTimeout, clock)
                ? PolicyFinding.Of(Name, "pass", $"{helo} is in the DNS")
                : Broken("unresolved", $"{helo} has neither address nor mail exchange", UnresolvedScore, options.HeloUnresolved);
        }
        catch (Exception failure) when (failure is DnsException or TimeoutException)
        {
            return PolicyFinding.Of(Name, "temperror", $"{helo}: {failure.Message}");
        }
    }

    private async Task<bool> IsInDnsAsync(string name) => (await dns.AddressesAsync(name)).Count > 0 || (await dns.MxAsync(name)).Any(exchange => exchange.Host.Length > 0);

    private static PolicyFinding Broken(string result, string evidence, double score, RuleMode mode) =>
        PolicyFinding.Of(Name, result, evidence, score, mode == RuleMode.Reject ? Replies.HelloNotBelieved(evidence) : null);

    private bool IsOurs(string helo, IPAddress local) =>
        helo.TrimEnd('.').Equals(hostname, StringComparison.OrdinalIgnoreCase) || (AddressIn(helo) is { } address && address.Equals(Plain(local)));

    /// <summary>What is wrong with the name as a name; null for nothing.</summary>
    private static string? FaultOf(string helo)
    {
        if (helo.StartsWith('['))
            return null; // the grammar has seen to it
        if (IPAddress.TryParse(helo, out _))
            return "is an address without brackets";
        var labels = helo.TrimEnd('.').Split('.');
        if (labels.Length < 2)
            return "is no full name";
        // Names with '_' stand in many a Windows domain; they do no harm.
        return Array.TrueForAll(labels, label => label.Length is > 0 and < 64 && label[0] != '-' && label[^1] != '-') ? null : "is no name of the DNS";
    }

    /// <summary>The address that the client gives, with the brackets that it needs or without.</summary>
    private static IPAddress? AddressIn(string helo)
    {
        var text = helo.Trim('[', ']');
        var plain = text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? text[5..] : text;
        return IPAddress.TryParse(plain, out var address) ? Plain(address) : null;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
