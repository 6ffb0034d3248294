using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>
/// Postfix's XCLIENT: a proxy or a test that is trusted says on whose behalf it speaks. NAME, HELO and PROTO are understood and
/// not kept: the EHLO that has to follow says who the client is.
/// </summary>
/// <param name="Address">Null where the attribute is absent or unavailable: the address stays.</param>
/// <param name="Port">Null likewise.</param>
internal sealed record XclientCommand(IPAddress? Address, int? Port) : SmtpCommand(SmtpVerb.Xclient)
{
    /// <summary>What EHLO says of it.</summary>
    public const string Capability = "XCLIENT NAME ADDR PORT PROTO HELO";

    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        if (arguments.IsEmpty || !EsmtpParameter.TryReadAll($" {arguments}", out var attributes))
            return Replies.XclientSyntax;
        IPAddress? address = null;
        int? port = null;
        foreach (var (name, value) in attributes)
        {
            var known = name switch
            {
                "ADDR" => TryAddress(value, out address),
                "PORT" => TryPort(value, out port),
                "NAME" or "HELO" or "PROTO" => value is not null,
                _ => false,
            };
            if (!known)
                return Replies.XclientSyntax;
        }
        return new XclientCommand(address, port);
    }

    private static bool TryAddress(string? value, out IPAddress? address)
    {
        address = null;
        if (value is null || IsUnavailable(value))
            return value is not null;
        var isIpv6 = value.StartsWith("IPV6:", StringComparison.OrdinalIgnoreCase);
        return IPAddress.TryParse(isIpv6 ? value[5..] : value, out address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6) == isIpv6;
    }

    private static bool TryPort(string? value, out int? port)
    {
        port = null;
        if (value is null || IsUnavailable(value))
            return value is not null;
        var isPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        port = number;
        return isPort;
    }

    private static bool IsUnavailable(string value) =>
        value.Equals("[UNAVAILABLE]", StringComparison.OrdinalIgnoreCase) || value.Equals("[TEMPUNAVAIL]", StringComparison.OrdinalIgnoreCase);
}
