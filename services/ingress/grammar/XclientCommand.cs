using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>Postfix's XCLIENT: a proxy or a test that is trusted says on whose behalf it speaks. Null is what it does not say.</summary>
internal sealed record XclientCommand() : SmtpCommand(SmtpVerb.Xclient)
{
    /// <summary>What EHLO says of it.</summary>
    public const string Capability = "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

    public ClientName? Name { get; private init; }

    /// <summary>Null too where it is said to be unavailable: the address stays.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>Null too where it is said to be unavailable.</summary>
    public int? Port { get; private init; }

    /// <summary>The address of ours that the client reached.</summary>
    public IPAddress? LocalAddress { get; private init; }

    public int? LocalPort { get; private init; }

    /// <summary>PROTO: true for ESMTP, false for SMTP.</summary>
    public bool? IsExtended { get; private init; }

    /// <summary>How the client introduced itself; empty where it has not.</summary>
    public string? Helo { get; private init; }

    /// <summary>Whom the peer has authenticated; empty where nobody.</summary>
    public string? Login { get; private init; }

    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        if (arguments.IsEmpty || !EsmtpParameter.TryReadAll($" {arguments}", out var attributes))
            return Replies.XclientSyntax;
        var command = new XclientCommand();
        foreach (var (name, xtext) in attributes)
        {
            if (xtext is null || !XclientText.TryDecode(xtext, out var value) || command.With(name, value) is not { } with)
                return Replies.XclientSyntax;
            command = with;
        }
        return command;
    }

    private XclientCommand? With(string attribute, string value) => attribute switch
    {
        "NAME" when TryName(value, out var name) => this with { Name = name },
        "ADDR" when TryAddress(value, out var address) => this with { Address = address },
        "PORT" when TryPort(value, out var port) => this with { Port = port },
        "PROTO" when TryProtocol(value, out var isExtended) => this with { IsExtended = isExtended },
        "HELO" when IsUnavailable(value) => this with { Helo = "" },
        "HELO" when HelloCommand.Parse(SmtpVerb.Ehlo, value).Command is HelloCommand hello => this with { Helo = hello.Domain },
        "LOGIN" => this with { Login = IsUnavailable(value) ? "" : value },
        "DESTADDR" when TryAddress(value, out var address) => this with { LocalAddress = address },
        "DESTPORT" when TryPort(value, out var port) => this with { LocalPort = port },
        _ => null,
    };

    private static bool TryName(string value, out ClientName name)
    {
        name = new ClientName(null, IsTemporary(value));
        if (IsUnavailable(value))
            return true;
        name = new ClientName(value.TrimEnd('.').ToLowerInvariant(), IsTemporary: false);
        return value.Length <= AddressGrammar.MaxDomainOctets && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && value[0] != '.';
    }

    private static bool TryAddress(string value, out IPAddress? address)
    {
        address = null;
        if (IsUnavailable(value))
            return true;
        var isIpv6 = value.StartsWith("IPV6:", StringComparison.OrdinalIgnoreCase);
        var text = isIpv6 ? value[5..] : value;
        // The framework reads '7', '[::1]:25' and '::1%eth0' as addresses too.
        if (text.AsSpan().ContainsAny('%', '[') || !IPAddress.TryParse(text, out var parsed))
            return false;
        // Postfix writes IPv6 with its tag, and reads it without.
        if (parsed.AddressFamily == AddressFamily.InterNetwork && (isIpv6 || parsed.ToString() != text))
            return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool TryPort(string value, out int? port)
    {
        port = null;
        if (IsUnavailable(value))
            return true;
        var isPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        port = number;
        return isPort;
    }

    private static bool TryProtocol(string value, out bool? isExtended)
    {
        isExtended = value.Equals("ESMTP", StringComparison.OrdinalIgnoreCase) ? true : value.Equals("SMTP", StringComparison.OrdinalIgnoreCase) ? false : null;
        return isExtended is not null || IsUnavailable(value);
    }

    private static bool IsTemporary(string value) => value.Equals("[TEMPUNAVAIL]", StringComparison.OrdinalIgnoreCase);

    private static bool IsUnavailable(string value) => IsTemporary(value) || value.Equals("[UNAVAILABLE]", StringComparison.OrdinalIgnoreCase);
}
