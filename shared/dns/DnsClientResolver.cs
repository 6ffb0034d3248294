using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsClient;
using DnsClient.Protocol;

namespace MailMesh.Dns;

/// <summary>The resolver on DnsClient, which caches answers for their time to live.</summary>
/// <remarks>A question takes 3 s, once more where nobody answers, and 6 s in all; then it is a <see cref="DnsException"/>.</remarks>
public sealed class DnsClientResolver : IDnsResolver
{
    private const int MaxCnames = 8;

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(6);
    private static readonly IdnMapping Idn = new();

    private readonly LookupClient _client;
    private readonly SilentServers _silent = new(TimeProvider.System);

    /// <param name="servers">Servers to ask, in this order; none for the system's own.</param>
    public DnsClientResolver(IReadOnlyList<IPEndPoint> servers)
    {
        var options = servers.Count > 0 ? new LookupClientOptions([.. servers]) : new LookupClientOptions { AutoResolveNameServers = true };
        options.Timeout = AttemptTimeout;
        options.Retries = servers.Count > 1 ? 0 : 1; // with several, the next one is the second attempt
        options.UseRandomNameServer = false;
        options.UseCache = true;
        options.MaximumCacheTimeout = TimeSpan.FromHours(1);
        options.CacheFailedResults = true;
        options.FailedResultsCacheDuration = TimeSpan.FromSeconds(30); // RFC 2308 §7: at most five minutes
        options.UseTcpFallback = true;
        options.ContinueOnDnsError = true;
        options.ContinueOnEmptyResponse = false; // an empty answer is an answer
        options.ThrowDnsErrors = false;
        _client = new LookupClient(options);
    }

    public async Task<IReadOnlyList<MailExchange>> MxAsync(string domain, CancellationToken cancellationToken = default)
    {
        var records = await RecordsAsync<MxRecord>(domain, QueryType.MX, cancellationToken);
        return [.. records.OrderBy(r => r.Preference).Select(r => new MailExchange(r.Preference, NameOf(r.Exchange)))];
    }

    public async Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellationToken = default)
    {
        var a = RecordsAsync<ARecord>(name, QueryType.A, cancellationToken);
        var aaaa = RecordsAsync<AaaaRecord>(name, QueryType.AAAA, cancellationToken);
        await Task.WhenAll(a, aaaa);
        return [.. (await a).Select(r => r.Address), .. (await aaaa).Select(r => r.Address)];
    }

    public async Task<IReadOnlyList<IPAddress>> Ipv4AddressesAsync(string name, CancellationToken cancellationToken = default) =>
        [.. (await RecordsAsync<ARecord>(name, QueryType.A, cancellationToken)).Select(record => record.Address)];

    public async Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken cancellationToken = default)
    {
        var records = await RecordsAsync<TxtRecord>(name, QueryType.TXT, cancellationToken);
        return [.. records.Select(r => string.Concat(r.Text))];
    }

    public async Task<IReadOnlyList<string>> PtrAsync(IPAddress address, CancellationToken cancellationToken = default)
    {
        var records = await RecordsAsync<PtrRecord>(address.GetArpaName(), QueryType.PTR, cancellationToken);
        return [.. records.Select(r => NameOf(r.PtrDomainName))];
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
        TryName(name, out var question) && (await AskAsync(question, QueryType.A, cancellationToken)).Header.ResponseCode == DnsHeaderResponseCode.NoError;

    /// <summary>Records of one type, following CNAMEs that a server left to us.</summary>
    private async Task<List<T>> RecordsAsync<T>(string name, QueryType type, CancellationToken cancellationToken)
        where T : DnsResourceRecord
    {
        var next = name;
        for (var hops = 0; hops <= MaxCnames && TryName(next, out var question); hops++)
        {
            var response = await AskAsync(question, type, cancellationToken);
            var records = response.Answers.OfType<T>().ToList();
            var cname = response.Answers.OfType<CNameRecord>().LastOrDefault();
            if (records.Count > 0 || cname is null)
                return records;
            next = NameOf(cname.CanonicalName);
        }
        return [];
    }

    /// <summary>One question: an answer with or without records, or no such name.</summary>
    private async Task<IDnsQueryResponse> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        if (_silent.Now)
            throw new DnsException($"DNS servers are silent: {name} {type} was not asked");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(QuestionTimeout);
        try
        {
            var response = await _client.QueryAsync(name, type, QueryClass.IN, deadline.Token).WaitAsync(deadline.Token);
            _silent.Answered();
            return response.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain
                ? response
                : throw new DnsException($"{name} {type}: {response.Header.ResponseCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _silent.Silent();
            throw new DnsException($"{name} {type}: no answer in time");
        }
        catch (DnsResponseException failure)
        {
            if (failure.Code == DnsResponseCode.ConnectionTimeout)
                _silent.Silent();
            throw new DnsException($"{name} {type}: {failure.DnsError}", failure);
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException or ArgumentException)
        {
            throw new DnsException($"{name} {type}: {failure.Message}", failure);
        }
    }

    /// <summary>A name that no question can carry has no records.</summary>
    private static bool TryName(string name, out string question)
    {
        question = name.TrimEnd('.');
        try
        {
            if (!System.Text.Ascii.IsValid(question))
                question = Idn.GetAscii(question);
        }
        catch (ArgumentException)
        {
            return false;
        }
        return question.Length is > 0 and <= 253 && Array.TrueForAll(question.Split('.'), label => label.Length is > 0 and <= 63);
    }

    private static string NameOf(DnsString name) => name.Value.TrimEnd('.');
}
