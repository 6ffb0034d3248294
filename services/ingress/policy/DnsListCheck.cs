using System.Net;
using MailMesh.Contracts;
using MailMesh.Dns;
using MailMesh.Ingress.Session;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Policy;

/// <summary>RFC 5782: asks all lists at once, and sums up what being on them weighs.</summary>
internal sealed class DnsListCheck(IDnsResolver dns, PolicyOptions options, TimeProvider clock, ILogger log)
{
    private const string Version = "1";

    /// <summary>127.255.255.0/24: what Spamhaus and others answer to who asks too much or through an open resolver. No listing.</summary>
    private static readonly IPNetwork ListErrors = new(IPAddress.Parse("127.255.255.0"), 24);

    /// <summary>RFC 5782 §2.1: an answer that is a listing; any other is a zone that has been sold, or a resolver that lies.</summary>
    private static readonly IPNetwork Listings = new(IPAddress.Parse("127.0.0.0"), 8);

    private readonly ListTroubles _troubles = new(clock, log);

    private readonly (string Zone, DnsListZone[] Entries)[] _zones =
        [.. options.DnsLists.GroupBy(zone => zone.Name).Select(group => (group.Key, group.ToArray()))];

    public async Task<PolicyFinding?> CheckAsync(IPAddress client)
    {
        var asked = await Task.WhenAll(Array.ConvertAll(_zones, zone => AskAsync(zone.Entries, client)));
        var listings = asked.SelectMany(found => found).ToList();
        if (listings.Count == 0)
            return null;
        var sum = listings.Sum(listing => listing.Zone.Weight);
        var isRefused = options.DnsListThreshold > 0 && sum >= options.DnsListThreshold;
        return new PolicyFinding([.. listings.Select(EvidenceOf)], isRefused ? await RefusalAsync(client, listings) : null);
    }

    /// <summary>One question, whatever number of weights the zone's answers have.</summary>
    private async Task<IReadOnlyList<Listing>> AskAsync(DnsListZone[] entries, IPAddress client)
    {
        var zone = entries[0];
        try
        {
            var answers = await InTime(dns.Ipv4AddressesAsync(zone.QuestionFor(client)));
            if (answers.Any(ListErrors.Contains))
                throw new DnsException($"{zone.Name} refuses to answer: {string.Join(' ', answers)}");
            var found = Array.ConvertAll(entries, entry => new Listing(entry, [.. answers.Where(answer => Listings.Contains(answer) && entry.Codes?.Contains(answer) != false)]));
            IngressMetrics.ListAnswered(zone.Name, Array.Exists(found, listing => listing.Answers.Count > 0) ? "listed" : "clean");
            return [.. found.Where(listing => listing.Answers.Count > 0)];
        }
        catch (Exception failure) when (failure is DnsException or TimeoutException)
        {
            // A list that is away has no opinion.
            _troubles.Tell(zone.Name, failure.Message);
            IngressMetrics.ListAnswered(zone.Name, failure is TimeoutException ? "late" : "failed");
            return [];
        }
    }

    private static CheckResult EvidenceOf(Listing listing) => new()
    {
        Check = $"dnslist {listing.Zone.Name}",
        Result = "listed",
        Score = listing.Zone.Weight,
        Evidence = string.Join(' ', listing.Answers),
        Version = Version,
    };

    /// <summary>Names the lists and, of the weightiest, the reason that it gives in its TXT record (RFC 5782 §2.1).</summary>
    private async Task<Reply> RefusalAsync(IPAddress client, List<Listing> listings)
    {
        var against = listings.Where(listing => listing.Zone.Weight > 0).OrderByDescending(listing => listing.Zone.Weight).ToList();
        var names = string.Join(", ", against.Select(listing => listing.Zone.Name).Distinct());
        return Replies.Listed(client, names, await ReasonAsync(against[0].Zone.QuestionFor(client)));
    }

    private async Task<string?> ReasonAsync(string question)
    {
        try
        {
            return await InTime(dns.TxtAsync(question)) is [var reason, ..] ? reason : null;
        }
        catch (Exception failure) when (failure is DnsException or TimeoutException)
        {
            return null;
        }
    }

    private Task<T> InTime<T>(Task<T> question) => question.WaitAsync(options.DnsTimeout, clock);

    private sealed record Listing(DnsListZone Zone, IReadOnlyList<IPAddress> Answers);
}
