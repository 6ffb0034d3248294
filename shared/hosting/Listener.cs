using MailMesh.Wire;

namespace MailMesh.Hosting;

/// <summary>A TCP port of a service and what serves its connections.</summary>
/// <param name="Name">The name in MAILMESH__LISTEN__NAME, in traces and in metrics: smtp, imaps and so on.</param>
/// <param name="DefaultPort">Port before the port offset; null: it is closed unless MAILMESH__LISTEN__NAME says where it is to be open.</param>
/// <param name="ImplicitTls">TLS from the first octet (RFC 8314).</param>
/// <param name="Session">Serves one connection until it ends; called with the services of the process.</param>
public sealed record Listener(string Name, int? DefaultPort, bool ImplicitTls, Func<IServiceProvider, SessionDelegate> Session)
{
    /// <summary>Its clients are users, whom a certificate may name (SASL EXTERNAL).</summary>
    public bool IsForUsers { get; init; }

    /// <summary>Peers that say by the PROXY protocol, before anything else, which client they pass on, and are cut off where they do not. None by default.</summary>
    public NetworkList Proxies { get; init; } = NetworkList.None;
}

/// <summary>Serves one connection until it ends.</summary>
/// <param name="stopping">Signalled when the service drains: say goodbye at the next command boundary.</param>
public delegate Task SessionDelegate(WireConnection connection, CancellationToken stopping);
