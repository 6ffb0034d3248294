using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailMesh.Dns;

namespace MailMesh.Spf;

/// <summary>RFC 7208 §7: macros get their values.</summary>
internal sealed class SpfMacroExpansion(SpfQuestion question, IDnsResolver dns, TimeProvider clock, CancellationToken cancellation)
{
    private const int MaxDomainLength = 253;

    private List<string>? _validated;

    /// <summary>§4.8: a domain-spec; labels go from the left until the name fits.</summary>
    public async Task<string> DomainAsync(SpfMacroString spec, string domain)
    {
        var name = await TextAsync(spec, domain);
        while (name.Length > MaxDomainLength && name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot)
            name = name[(dot + 1)..];
        return name;
    }

    /// <summary>The text with its macros replaced.</summary>
    public async Task<string> TextAsync(SpfMacroString text, string domain)
    {
        var expanded = new StringBuilder();
        foreach (var part in text.Parts)
        {
            if (part is SpfMacroString.Macro macro)
                expanded.Append(macro.Transform(await ValueAsync(macro.Letter, domain)));
            else if (part is SpfMacroString.Literal literal)
                expanded.Append(literal.Text);
        }
        return expanded.ToString();
    }

    /// <summary>§5.5: names of the client that lead back to it; none where DNS fails.</summary>
    public async Task<IReadOnlyList<string>> ValidatedNamesAsync()
    {
        if (_validated is not null)
            return _validated;
        _validated = [];
        try
        {
            foreach (var name in (await dns.PtrAsync(question.Client, cancellation)).Take(SpfBudget.MaxNames))
            {
                if (await LeadsBackAsync(name))
                    _validated.Add(name);
            }
        }
        catch (DnsException)
        {
            // §5.5: then the client has no validated name
        }
        return _validated;
    }

    /// <summary>True for the domain itself and what lies below it.</summary>
    public static bool IsWithin(string name, string domain)
    {
        var target = domain.TrimEnd('.');
        return name.Equals(target, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + target, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<bool> LeadsBackAsync(string name)
    {
        try
        {
            return (await dns.AddressesAsync(name, cancellation)).Contains(question.Client);
        }
        catch (DnsException)
        {
            return false;
        }
    }

    private async Task<string> ValueAsync(char letter, string domain) => letter switch
    {
        's' => question.FullSender,
        'l' => question.LocalPart,
        'o' => question.Domain,
        'd' => domain,
        'i' => Dotted(question.Client),
        'p' => await PointerAsync(domain),
        'v' => question.Client.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'h' => question.Helo,
        'c' => question.Client.ToString(),
        'r' => question.Receiver,
        _ => clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>§7.3: the domain itself if validated, else a name below it, else any, else 'unknown'.</summary>
    private async Task<string> PointerAsync(string domain)
    {
        var names = await ValidatedNamesAsync();
        return names.FirstOrDefault(name => name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            ?? names.FirstOrDefault(name => IsWithin(name, domain))
            ?? (names.Count > 0 ? names[0] : "unknown");
    }

    /// <summary>§7.3: an IPv6 address as nibbles divided by dots.</summary>
    private static string Dotted(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString()
            : string.Join('.', Convert.ToHexStringLower(address.GetAddressBytes()).AsEnumerable());
}
