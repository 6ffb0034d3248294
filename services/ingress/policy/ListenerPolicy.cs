using MailMesh.Dns;
using MailMesh.Rates;
using MailMesh.Spf;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Policy;

/// <summary>The policy of one listener: its options, and the checks, which all of its sessions share.</summary>
internal sealed class ListenerPolicy(string listener, PolicyOptions options, PolicyEngines engines)
{
    public PolicyOptions Options => options;

    public ConnectionRate Connections { get; } = new(options, engines.Clock);

    public NetworkConnections Networks { get; } = new(options);

    public SendingRates Rates { get; } = new(engines.Rates, options, listener);

    public Tarpit Tarpit { get; } = new(engines.Rates, options);

    public DnsListCheck Lists { get; } = new(engines.Dns, options, engines.Clock, engines.Log);

    public ReverseNameCheck Reverse { get; } = new(engines.Dns, options, engines.Clock);

    public HeloCheck Helo { get; } = new(engines.Dns, options, engines.Hostname, engines.Clock);

    public SpfCheck Spf { get; } = new(new SpfEvaluator(engines.Dns, engines.Clock), options, engines.Hostname, engines.Clock);
}

/// <summary>What the checks of all listeners need.</summary>
/// <param name="Hostname">Our name.</param>
internal sealed record PolicyEngines(IDnsResolver Dns, RateLimiter Rates, string Hostname, TimeProvider Clock, ILogger Log);
