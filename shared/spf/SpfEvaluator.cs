using System.Net;
using System.Net.Sockets;
using MailMesh.Dns;

namespace MailMesh.Spf;

/// <summary>RFC 7208: check_host(), complete.</summary>
public sealed class SpfEvaluator(IDnsResolver dns, TimeProvider clock)
{
    /// <summary>Is the client a permitted sender of the sender's domain?</summary>
    /// <remarks>A failing DNS server gives temperror; only cancellation is an exception.</remarks>
    public async Task<SpfOutcome> CheckHostAsync(SpfQuestion question, CancellationToken cancellationToken = default)
    {
        var run = new Evaluation(question, dns, clock, cancellationToken);
        try
        {
            return await run.CheckHostAsync(question.Domain);
        }
        catch (SpfException failure)
        {
            return new SpfOutcome(failure.Result, failure.Message);
        }
        catch (DnsException failure)
        {
            return new SpfOutcome(SpfResult.TempError, failure.Message);
        }
    }

    private sealed class Evaluation(SpfQuestion question, IDnsResolver dns, TimeProvider clock, CancellationToken cancellation)
    {
        /// <summary>An explanation goes into one reply line of SMTP, of 512 octets.</summary>
        private const int MaxExplanation = 400;

        private readonly SpfBudget _budget = new();
        private readonly SpfMacroExpansion _macros = new(question, dns, clock, cancellation);

        /// <summary>§4: one domain's record against the client.</summary>
        public async Task<SpfOutcome> CheckHostAsync(string domain)
        {
            if (!IsDomain(domain))
                return new SpfOutcome(SpfResult.None, $"'{domain}' is no domain name of several labels");
            var records = (await dns.TxtAsync(domain, cancellation)).Where(SpfRecord.IsRecord).ToList();
            if (records.Count == 0)
                return new SpfOutcome(SpfResult.None, $"{domain} has no SPF record");
            if (records.Count > 1)
                throw SpfException.Permanent($"{domain} has {records.Count} SPF records");
            return await EvaluateAsync(SpfRecord.Parse(records[0]), domain);
        }

        private async Task<SpfOutcome> EvaluateAsync(SpfRecord record, string domain)
        {
            foreach (var directive in record.Directives)
            {
                if (!await MatchesAsync(directive.Mechanism, domain))
                    continue;
                var explanation = directive.Result == SpfResult.Fail ? await ExplainAsync(record, domain) : null;
                return new SpfOutcome(directive.Result, $"'{directive.Text}' of {domain} matches", explanation);
            }
            // §6.1: redirect counts only where no directive matched, and never beside 'all', which always does.
            return record.Redirect is { } redirect && !record.Directives.Any(d => d.Mechanism is SpfMechanism.All)
                ? await RedirectAsync(redirect, domain)
                : new SpfOutcome(SpfResult.Neutral, $"nothing of {domain} matches"); // §4.7
        }

        private async Task<SpfOutcome> RedirectAsync(SpfMacroString redirect, string domain)
        {
            _budget.Term();
            var target = await _macros.DomainAsync(redirect, domain);
            var outcome = await CheckHostAsync(target);
            return outcome.Result == SpfResult.None ? throw SpfException.Permanent($"redirect: {outcome.Reason}") : outcome;
        }

        private async Task<bool> MatchesAsync(SpfMechanism mechanism, string domain)
        {
            switch (mechanism)
            {
                case SpfMechanism.All:
                    return true;
                case SpfMechanism.Ip ip:
                    return Within(ip.Network, ip.Network.AddressFamily == AddressFamily.InterNetwork ? ip.Prefix : 32, ip.Prefix);
                case SpfMechanism.Include include:
                    return await IncludesAsync(include, domain);
                case SpfMechanism.A a:
                    _budget.Term();
                    return await AnyAddressAsync(await TargetAsync(a.Domain, domain), a.Prefix4, a.Prefix6);
                case SpfMechanism.Mx mx:
                    return await AnyExchangeAsync(mx, domain);
                case SpfMechanism.Ptr ptr:
                    return await AnyPointerAsync(ptr, domain);
                case SpfMechanism.Exists exists:
                    return await ExistsAsync(exists, domain);
                default:
                    throw new InvalidOperationException(mechanism.ToString());
            }
        }

        private async Task<string> TargetAsync(SpfMacroString? spec, string domain) =>
            spec is null ? domain : await _macros.DomainAsync(spec, domain);

        /// <summary>§5.2: the included result decides whether the mechanism matches; its own fail fails nobody.</summary>
        private async Task<bool> IncludesAsync(SpfMechanism.Include include, string domain)
        {
            _budget.Term();
            var outcome = await CheckHostAsync(await _macros.DomainAsync(include.Domain, domain));
            return outcome.Result switch
            {
                SpfResult.Pass => true,
                SpfResult.None => throw SpfException.Permanent($"include: {outcome.Reason}"),
                _ => false,
            };
        }

        private async Task<bool> AnyAddressAsync(string host, int prefix4, int prefix6)
        {
            var addresses = await AddressesAsync(host);
            _budget.Answer(addresses.Count);
            return addresses.Exists(address => Within(address, prefix4, prefix6));
        }

        /// <summary>§5.4; no implicit MX.</summary>
        private async Task<bool> AnyExchangeAsync(SpfMechanism.Mx mx, string domain)
        {
            _budget.Term();
            var exchanges = await dns.MxAsync(await TargetAsync(mx.Domain, domain), cancellation);
            _budget.Answer(exchanges.Count);
            for (var i = 0; i < exchanges.Count; i++)
            {
                if (i == SpfBudget.MaxNames)
                    throw SpfException.Permanent($"more than {SpfBudget.MaxNames} exchanges in one mx"); // §4.6.4
                if (exchanges[i].Host.Length > 0 && await AnyAddressAsync(exchanges[i].Host, mx.Prefix4, mx.Prefix6))
                    return true;
            }
            return false;
        }

        /// <summary>§5.5: a DNS failure here is no match, not an error.</summary>
        private async Task<bool> AnyPointerAsync(SpfMechanism.Ptr ptr, string domain)
        {
            _budget.Term();
            var target = await TargetAsync(ptr.Domain, domain);
            var names = await _macros.ValidatedNamesAsync();
            return names.Any(name => SpfMacroExpansion.IsWithin(name, target));
        }

        /// <summary>§5.7: an A record of any value, whatever the client's family.</summary>
        private async Task<bool> ExistsAsync(SpfMechanism.Exists exists, string domain)
        {
            _budget.Term();
            var addresses = await dns.AddressesAsync(await _macros.DomainAsync(exists.Domain, domain), cancellation);
            var found = addresses.Count(address => address.AddressFamily == AddressFamily.InterNetwork);
            _budget.Answer(found);
            return found > 0;
        }

        /// <summary>§6.2: whatever goes wrong with an explanation, the result stands without it.</summary>
        private async Task<string?> ExplainAsync(SpfRecord record, string domain)
        {
            if (record.Explanation is null)
                return null;
            try
            {
                var texts = await dns.TxtAsync(await _macros.DomainAsync(record.Explanation, domain), cancellation);
                if (texts.Count != 1)
                    return null;
                var text = await _macros.TextAsync(SpfMacroString.Parse(texts[0], explanation: true), domain);
                return text[..Math.Min(text.Length, MaxExplanation)];
            }
            catch (Exception failure) when (failure is SpfException or DnsException)
            {
                return null;
            }
        }

        /// <summary>§5: A records for an IPv4 client, AAAA for an IPv6 one.</summary>
        private async Task<List<IPAddress>> AddressesAsync(string host)
        {
            var addresses = await dns.AddressesAsync(host, cancellation);
            return [.. addresses.Where(address => address.AddressFamily == question.Client.AddressFamily)];
        }

        private bool Within(IPAddress network, int prefix4, int prefix6)
        {
            if (network.AddressFamily != question.Client.AddressFamily)
                return false;
            var prefix = network.AddressFamily == AddressFamily.InterNetwork ? prefix4 : prefix6;
            Span<byte> ours = stackalloc byte[16];
            Span<byte> theirs = stackalloc byte[16];
            network.TryWriteBytes(ours, out _);
            question.Client.TryWriteBytes(theirs, out _);
            var whole = prefix / 8;
            return ours[..whole].SequenceEqual(theirs[..whole])
                && (prefix % 8 == 0 || (ours[whole] ^ theirs[whole]) >> (8 - (prefix % 8)) == 0);
        }

        /// <summary>§4.3: several labels, none empty or too long.</summary>
        private static bool IsDomain(string domain)
        {
            var labels = (domain.EndsWith('.') ? domain[..^1] : domain).Split('.');
            return domain.Length <= 254 && labels.Length > 1 && Array.TrueForAll(labels, label => label.Length is > 0 and <= 63)
                && !domain.StartsWith('[');
        }
    }
}
