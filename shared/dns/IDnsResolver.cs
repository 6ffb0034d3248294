using System.Net;

namespace MailMesh.Dns;

/// <summary>DNS as mail needs it: a name that does not exist is an empty answer, a failure to ask is a <see cref="DnsException"/>.</summary>
public interface IDnsResolver
{
    /// <summary>Exchanges by preference, the most preferred first; names without the closing dot; '.' of a null MX is an empty name.</summary>
    Task<IReadOnlyList<MailExchange>> MxAsync(string domain, CancellationToken cancellationToken = default);

    /// <summary>A and AAAA addresses; a CNAME is followed.</summary>
    Task<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>A addresses alone, as DNS lists answer with them (RFC 5782): one question in place of two.</summary>
    Task<IReadOnlyList<IPAddress>> Ipv4AddressesAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>TXT records, the strings of each joined.</summary>
    Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Names of an address.</summary>
    Task<IReadOnlyList<string>> PtrAsync(IPAddress address, CancellationToken cancellationToken = default);

    /// <summary>True when the name exists, with records of any type or with none.</summary>
    Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default);
}

public sealed record MailExchange(int Preference, string Host);

/// <summary>No answer: time-out, SERVFAIL or refusal. Ask again later.</summary>
public sealed class DnsException(string message, Exception? inner = null) : IOException(message, inner);
