using System.Net;
using MailMesh.Dns;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Policy;

/// <summary>RFC 8601 §2.7.3, iprev: the client's address has a name, and the name has the address.</summary>
internal sealed class ReverseNameCheck(IDnsResolver dns, PolicyOptions options, TimeProvider clock)
{
    /// <summary>As in RFC 8601's registry.</summary>
    public const string Name = "iprev";

    /// <summary>Names looked at: RFC 7208 §4.6.4 takes as many.</summary>
    private const int MaxNames = 10;

    /// <summary>Many home connections have no name, few mail servers; too little to file mail as junk beside a failed SPF.</summary>
    private const double MissingScore = 0.7;

    private const double UnconfirmedScore = 0.5;

    public async Task<ReverseName?> CheckAsync(IPAddress client)
    {
        try
        {
            return await LookUpAsync(client).WaitAsync(options.DnsTimeout, clock);
        }
        catch (Exception failure) when (failure is DnsException or TimeoutException)
        {
            return new ReverseName(null, PolicyFinding.Of(Name, "temperror", $"{client}: {failure.Message}"));
        }
    }

    /// <summary>A trusted proxy has said what the name is, in place of the DNS.</summary>
    public ReverseName Told(IPAddress client, ClientName name) => name switch
    {
        { Text: { } text } => new ReverseName(text, PolicyFinding.Of(Name, "pass", $"{client} is {text}, as XCLIENT says")),
        { IsTemporary: true } => new ReverseName(null, PolicyFinding.Of(Name, "temperror", $"{client}: no name could be found out, as XCLIENT says")),
        _ => Missing(client),
    };

    private async Task<ReverseName> LookUpAsync(IPAddress client)
    {
        var names = await dns.PtrAsync(client);
        if (names.Count == 0)
            return Missing(client);
        foreach (var name in names.Take(MaxNames).Where(IsHostName))
        {
            if ((await dns.AddressesAsync(name)).Contains(client))
                return new ReverseName(name, PolicyFinding.Of(Name, "pass", $"{client} is {name}"));
        }
        return new ReverseName(null, PolicyFinding.Of(Name, "fail", $"{client} says that it is {Shown(names[0])}, which has no such address", Points(options.ReverseUnconfirmed, UnconfirmedScore),
            options.ReverseUnconfirmed == RuleMode.Reject ? Replies.ReverseNameUnconfirmed(client, Shown(names[0])) : null));
    }

    /// <summary>RFC 8601 §2.7.3: permerror, no PTR record.</summary>
    private ReverseName Missing(IPAddress client) => new(null, PolicyFinding.Of(Name, "permerror", $"{client} has no name", Points(options.ReverseMissing, MissingScore),
        options.ReverseMissing == RuleMode.Reject ? Replies.NoReverseName(client) : null));

    private static double Points(RuleMode mode, double score) => mode == RuleMode.Off ? 0 : score;

    /// <summary>Safe to write into a trace field; a PTR record may hold any octets.</summary>
    private static bool IsHostName(string name) => name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static string Shown(string name) => IsHostName(name) ? name : "no host name";
}
