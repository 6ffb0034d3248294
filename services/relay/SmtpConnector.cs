using System.Net;
using System.Net.Sockets;
using MailMesh.Dns;
using MailMesh.Hosting;
using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>Opens a session with the first of a next hop's servers that takes one (RFC 5321 §5.1).</summary>
internal sealed class SmtpConnector(IDnsResolver dns, OwnServers own, RelayOptions options, MailMeshOptions common, TimeProvider clock)
{
    /// <summary>Addresses tried in one go, as Postfix has it; the next attempt begins again.</summary>
    private const int MaxAddresses = 5;

    /// <summary>Servers in the order of their preference, those of one preference shuffled.</summary>
    /// <param name="failures">Why servers are not among them.</param>
    public async Task<IReadOnlyList<Candidate>> CandidatesAsync(NextHop.Servers hop, List<RecipientResult> failures, CancellationToken cancellationToken)
    {
        var candidates = new List<Candidate>();
        var exchanges = hop.Exchanges.ToArray();
        Random.Shared.Shuffle(exchanges);
        foreach (var exchange in exchanges.OrderBy(e => e.Preference))
        {
            if (candidates.Count >= MaxAddresses)
                break;
            candidates.AddRange(await AddressesAsync(exchange.Host, hop.Port, failures, cancellationToken));
        }
        return candidates.Count > MaxAddresses ? candidates[..MaxAddresses] : candidates;
    }

    /// <exception cref="SmtpFaultException">The server takes no session.</exception>
    public async Task<SmtpSession> ConnectAsync(NextHop.Servers hop, Candidate candidate, CancellationToken abort)
    {
        try
        {
            return await ConnectAsync(hop, candidate, hop.Tls, abort);
        }
        catch (SmtpFaultException fault) when (fault.Stage == SmtpStage.StartTls && hop.Tls == TlsUse.Opportunistic)
        {
            // Opportunistic: a broken handshake is no reason not to deliver, but needs a new connection (RFC 7435 §3).
            return await ConnectAsync(hop, candidate, TlsUse.Never, abort);
        }
    }

    private async Task<SmtpSession> ConnectAsync(NextHop.Servers hop, Candidate candidate, TlsUse tls, CancellationToken abort)
    {
        var settings = new SmtpSessionSettings
        {
            HeloName = common.Hostname,
            Host = candidate.Host,
            Tls = tls,
            Credentials = hop.Credentials,
            Loopback = IPAddress.IsLoopback(candidate.EndPoint.Address),
            Timeouts = options.Timeouts,
            Clock = clock,
        };
        return await SmtpSession.OpenAsync(await DialAsync(candidate, abort), settings, abort);
    }

    private async Task<NetworkStream> DialAsync(Candidate candidate, CancellationToken abort)
    {
        var socket = new Socket(candidate.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(abort);
        deadline.CancelAfter(options.Timeouts.Connect);
        try
        {
            await socket.ConnectAsync(candidate.EndPoint, deadline.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            abort.ThrowIfCancellationRequested();
            var why = failure is OperationCanceledException ? "timed out" : failure.Message;
            throw new SmtpFaultException(SmtpStage.Connect, "4.4.1", $"No connection to {candidate}: {why}", inner: failure);
        }
    }

    private async Task<IReadOnlyList<Candidate>> AddressesAsync(string host, int port, List<RecipientResult> failures, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await dns.AddressesAsync(host, cancellationToken);
            if (addresses.Count == 0)
                failures.Add(RecipientResult.Finding(ResultKind.Failed, "5.4.4", $"{host} has no address"));
            var others = addresses.Where(a => !own.Include(a, port)).ToList();
            if (others.Count < addresses.Count)
                failures.Add(RecipientResult.Finding(ResultKind.Failed, "5.4.6", $"{host} is this server, which does not keep mail for the domain"));
            return [.. InTurn(others).Select(a => new Candidate(host, new IPEndPoint(a, port)))];
        }
        catch (DnsException failure)
        {
            failures.Add(RecipientResult.Finding(ResultKind.Deferred, "4.4.3", $"DNS gave no answer for {host}: {failure.Message}"));
            return [];
        }
    }

    /// <summary>IPv6 and IPv4 in turn, so that one broken family does not use up the addresses tried.</summary>
    private static IEnumerable<IPAddress> InTurn(IReadOnlyList<IPAddress> addresses)
    {
        var six = Socket.OSSupportsIPv6 ? addresses.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6).ToList() : [];
        var four = addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork).ToList();
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count)
                yield return six[i];
            if (i < four.Count)
                yield return four[i];
        }
    }
}
