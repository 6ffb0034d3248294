using System.Net;
using System.Net.Sockets;
using MailMesh.Dns;

namespace MailMesh.Testing;

/// <summary>A zone that a test writes down; names that it does not name do not exist.</summary>
public sealed class FixedDnsResolver : IDnsResolver
{
    private readonly Dictionary<string, List<(string Type, string Value)>> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _failing = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _silent = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every question asked, as in 'TXT example.com'.</summary>
    public List<string> Questions { get; } = [];

    /// <param name="type">A, AAAA, MX ('10 host'), TXT, PTR (the name is the address).</param>
    public FixedDnsResolver Add(string name, string type, string value)
    {
        if (!_records.TryGetValue(name, out var records))
            _records[name] = records = [];
        records.Add((type, value));
        return this;
    }

    /// <summary>Questions for the name are answered with SERVFAIL.</summary>
    public FixedDnsResolver Fail(string name)
    {
        _failing.Add(name);
        return this;
    }

    /// <summary>Questions for the name are never answered.</summary>
    public FixedDnsResolver Silence(string name)
    {
        _silent.Add(name);
        return this;
    }

    public async Task<IReadOnlyList<MailExchange>> MxAsync(string domain, CancellationToken cancellationToken = default)
    {
        var records = await AskAsync("MX", domain, cancellationToken);
        return [.. records.Select(record => record.Split(' ')).Select(words => new MailExchange(int.Parse(words[0]), words[1].TrimEnd('.'))).OrderBy(mx => mx.Preference)];
    }

    public async Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellationToken = default)
    {
        var a = await AskAsync("A", name, cancellationToken);
        var aaaa = await AskAsync("AAAA", name, cancellationToken);
        return [.. a.Select(IPAddress.Parse), .. aaaa.Select(IPAddress.Parse)];
    }

    public async Task<IReadOnlyList<IPAddress>> Ipv4AddressesAsync(string name, CancellationToken cancellationToken = default) =>
        [.. (await AskAsync("A", name, cancellationToken)).Select(IPAddress.Parse)];

    public Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken cancellationToken = default) => AskAsync("TXT", name, cancellationToken);

    public Task<IReadOnlyList<string>> PtrAsync(IPAddress address, CancellationToken cancellationToken = default)
    {
        var plain = address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return AskAsync("PTR", plain.ToString(), cancellationToken);
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        await AskAsync("ANY", name, cancellationToken);
        return _records.ContainsKey(name.TrimEnd('.'));
    }

    private async Task<IReadOnlyList<string>> AskAsync(string type, string name, CancellationToken cancellationToken)
    {
        var plain = name.TrimEnd('.');
        lock (Questions)
            Questions.Add($"{type} {plain}");
        if (_silent.Contains(plain))
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (_failing.Contains(plain))
            throw new DnsException($"{plain} {type}: ServerFailure");
        return _records.TryGetValue(plain, out var records) ? [.. records.Where(record => record.Type == type).Select(record => record.Value)] : [];
    }
}
