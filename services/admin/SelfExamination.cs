using System.Security.Cryptography.X509Certificates;
using MailMesh.AdminApi;
using MailMesh.Database;
using MailMesh.Dns;
using MailMesh.Hosting;
using MailMesh.Outbound;
using Microsoft.EntityFrameworkCore;
using static MailMesh.AdminApi.Diagnosis;

namespace MailMesh.Admin;

/// <summary>What a server can find wrong with itself, each with what to do about it.</summary>
internal sealed class SelfExamination(
    MailMeshOptions options, ServerCertificate certificate, IDnsResolver dns, MailDatabase database, QueueOperations queue, TimeProvider clock)
{
    private const long Gibibyte = 1L << 30;

    /// <summary>Below this a day of mail may not fit.</summary>
    private const long ScarceBytes = 2 * Gibibyte;

    /// <summary>Below this a burst of large messages does not fit.</summary>
    private const long TooFewBytes = Gibibyte / 4;

    /// <summary>ACME renews at thirty days; half of that has it failed.</summary>
    private static readonly TimeSpan CertificateMargin = TimeSpan.FromDays(14);

    /// <summary>A message that waits longer for its settlement meets something broken.</summary>
    private static readonly TimeSpan SpoolPatience = TimeSpan.FromMinutes(10);

    /// <summary>The sender of a message in the queue is warned then, so its operator should know too.</summary>
    private static readonly TimeSpan QueuePatience = TimeSpan.FromHours(4);

    private static readonly TimeSpan DnsTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Domains whose MX records are looked at.</summary>
    private const int MaxDomains = 10;

    /// <summary>Certificate files whose fault is told.</summary>
    private const int MaxFaults = 5;

    public async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken cancel)
    {
        certificate.Reload(); // in a process without listeners nobody else does
        return
        [
            Folder(),
            Validity(),
            .. CertificateFiles(),
            Trust(),
            .. await NamesAsync(cancel),
            await SpoolAsync(),
            await QueueAsync(),
        ];
    }

    private Diagnosis Folder()
    {
        try
        {
            File.WriteAllText(Path.Combine(options.Data, ".probe"), "");
            File.Delete(Path.Combine(options.Data, ".probe"));
            var free = new DriveInfo(options.Data).AvailableFreeSpace;
            var evidence = $"{options.Data} can be written to, {free / (double)Gibibyte:0.0} GiB are free";
            const string advice = "Give the data folder more room; without any, mail is answered with 451.";
            return free switch
            {
                < TooFewBytes => new("data folder", Fail, evidence, advice),
                < ScarceBytes => new("data folder", Warn, evidence, advice),
                _ => new("data folder", Ok, evidence),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Diagnosis("data folder", Fail, failure.Message, "Let the user that the server runs as write to it, and look at the disk.");
        }
    }

    /// <summary>The certificate that is nearest to its end, or past it, of those that clients can meet.</summary>
    private Diagnosis Validity()
    {
        const string advice = "Renew it where MAILMESH__TLS__CERTIFICATE or MAILMESH__TLS__FOLDER has it; the new one is taken without a restart. Look at the log of what should have renewed it.";
        var now = clock.GetUtcNow().UtcDateTime;
        var leaves = certificate.Leaves;
        var (first, others) = (leaves.MinBy(leaf => leaf.NotAfter)!, leaves.Count == 1 ? "" : $" (the first to expire of {leaves.Count})");
        if (leaves.FirstOrDefault(leaf => leaf.NotBefore.ToUniversalTime() > now || leaf.NotAfter.ToUniversalTime() < now) is { } invalid)
            return new("certificate validity", Fail, $"{invalid.Subject} is not valid now, but from {invalid.NotBefore.ToUniversalTime():yyyy-MM-dd} to {invalid.NotAfter.ToUniversalTime():yyyy-MM-dd}", advice);
        var evidence = $"{first.Subject} valid until {first.NotAfter.ToUniversalTime():yyyy-MM-dd}{others}";
        return first.NotAfter.ToUniversalTime() - now < CertificateMargin ? new("certificate validity", Warn, evidence, advice) : new("certificate validity", Ok, evidence);
    }

    /// <summary>Nothing where every file serves.</summary>
    private IEnumerable<Diagnosis> CertificateFiles()
    {
        if (certificate.Faults is { Count: > 0 } faults)
            yield return new("certificate files", Warn, string.Join("; ", faults.Take(MaxFaults)), "What was in use before stays in use. Put the certificate and its own key there, readable for the server's user.");
    }

    private Diagnosis Trust()
    {
        var leaf = certificate.Leaf;
        if (!leaf.MatchesHostname(options.Hostname))
            return new Diagnosis("certificate name", Warn, $"it does not name {options.Hostname}", "Get a certificate for the name that clients use, or set MAILMESH__HOSTNAME to it.");
        return leaf.Subject == leaf.Issuer
            ? new Diagnosis("certificate name", Warn, $"self-signed for {options.Hostname}", "Good for trying out. Set MAILMESH__TLS__CERTIFICATE and MAILMESH__TLS__KEY, or MAILMESH__TLS__FOLDER, to one that clients trust.")
            : new Diagnosis("certificate name", Ok, $"names {options.Hostname}");
    }

    private async Task<List<Diagnosis>> NamesAsync(CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(DnsTimeout);
        try
        {
            var findings = new List<Diagnosis> { await HostnameAsync(timeout.Token) };
            var domains = await database.QueryAsync(context => context.Domains.OrderBy(d => d.Name).Take(MaxDomains).Select(d => d.Name).ToListAsync(cancel));
            findings.AddRange(await Task.WhenAll(domains.Select(domain => ExchangeAsync(domain, timeout.Token))));
            return findings;
        }
        catch (Exception failure) when (failure is DnsException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            var reason = failure is DnsException ? failure.Message : "no answer in time";
            return [new Diagnosis("dns", Fail, reason, "Check the machine's DNS servers, or set MAILMESH__DNS__SERVERS=address:port.")];
        }
    }

    private async Task<Diagnosis> HostnameAsync(CancellationToken cancel)
    {
        const string advice = "Set MAILMESH__HOSTNAME to this machine's full name in the DNS: other servers check the greeting.";
        var addresses = await dns.AddressesAsync(options.Hostname, cancel);
        if (addresses.Count == 0)
            return new Diagnosis("dns hostname", Warn, $"{options.Hostname} has no address", advice);
        return options.Hostname.Contains('.', StringComparison.Ordinal)
            ? new Diagnosis("dns hostname", Ok, $"{options.Hostname} is {string.Join(", ", addresses)}")
            : new Diagnosis("dns hostname", Warn, $"{options.Hostname} is no full name", advice);
    }

    private async Task<Diagnosis> ExchangeAsync(string domain, CancellationToken cancel)
    {
        var exchanges = await dns.MxAsync(domain, cancel);
        if (exchanges.Any(exchange => exchange.Host.Equals(options.Hostname, StringComparison.OrdinalIgnoreCase)))
            return new Diagnosis($"dns {domain}", Ok, $"its MX is {options.Hostname}");
        var record = $"'{domain}. MX 10 {options.Hostname}.'";
        return exchanges.Count == 0
            ? new Diagnosis($"dns {domain}", Warn, "it has no MX record", $"Publish {record} so that others can send to it.")
            : new Diagnosis($"dns {domain}", Warn, $"its MX is {string.Join(", ", exchanges.Select(e => e.Host))}", $"Right where that host receives for us; otherwise publish {record}.");
    }

    private async Task<Diagnosis> SpoolAsync()
    {
        var before = clock.GetUtcNow() - SpoolPatience;
        var (late, all) = await database.QueryAsync(async context => (
            await context.Set<SpoolEntry>().LongCountAsync(s => s.ReceivedAt < before),
            await context.Set<SpoolEntry>().LongCountAsync()));
        const string advice = "The server's log says what fails; they are delivered once it does not, at the latest after a restart.";
        return late == 0
            ? new Diagnosis("spool", Ok, $"{all} messages on their way")
            : new Diagnosis("spool", Warn, $"{late} messages have waited over {SpoolPatience.TotalMinutes:0} minutes", advice);
    }

    private async Task<Diagnosis> QueueAsync()
    {
        var counts = await queue.CountAsync();
        var evidence = $"{counts.Deferred + counts.Leased} waiting, {counts.Held} held";
        return counts.OldestReceivedAt is { } oldest && clock.GetUtcNow() - oldest > QueuePatience
            ? new Diagnosis("queue", Warn, $"{evidence}; the oldest is of {oldest.UtcDateTime:yyyy-MM-dd HH:mm}Z", "See the reasons: mailmesh queue list.")
            : new Diagnosis("queue", Ok, evidence);
    }
}
