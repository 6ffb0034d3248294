using System.Net;

namespace MailMesh.Spf;

/// <summary>RFC 7208 §5: what a directive may match.</summary>
internal abstract record SpfMechanism
{
    private SpfMechanism()
    {
    }

    /// <summary>§5.1.</summary>
    public sealed record All : SpfMechanism;

    /// <summary>§5.2.</summary>
    public sealed record Include(SpfMacroString Domain) : SpfMechanism;

    /// <summary>§5.3; a null domain is the current one.</summary>
    public sealed record A(SpfMacroString? Domain, int Prefix4, int Prefix6) : SpfMechanism;

    /// <summary>§5.4.</summary>
    public sealed record Mx(SpfMacroString? Domain, int Prefix4, int Prefix6) : SpfMechanism;

    /// <summary>§5.5.</summary>
    public sealed record Ptr(SpfMacroString? Domain) : SpfMechanism;

    /// <summary>§5.6, ip4 and ip6.</summary>
    public sealed record Ip(IPAddress Network, int Prefix) : SpfMechanism;

    /// <summary>§5.7.</summary>
    public sealed record Exists(SpfMacroString Domain) : SpfMechanism;
}

/// <summary>RFC 7208 §4.6.1: a mechanism and the result of its match.</summary>
/// <param name="Result">What a match means.</param>
/// <param name="Mechanism">What may match.</param>
/// <param name="Text">As it stands in the record.</param>
internal sealed record SpfDirective(SpfResult Result, SpfMechanism Mechanism, string Text);
