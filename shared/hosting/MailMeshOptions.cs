using System.Globalization;
using System.Net;
using MailMesh.Wire;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Hosting;

/// <summary>Settings that every service shares, from appsettings.json, MAILMESH__… and the command line.</summary>
public sealed record MailMeshOptions
{
    /// <summary>Our name in greetings, Received fields and DSNs; the machine's name by default.</summary>
    public string Hostname { get; init; } = System.Net.Dns.GetHostName().ToLowerInvariant();

    /// <summary>Folder of the embedded database, blobs, certificate and admin token.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Added to every default port, for several servers on one machine.</summary>
    public int PortOffset { get; init; }

    /// <summary>OTLP endpoint for traces and metrics, such as http://127.0.0.1:4317; none by default.</summary>
    public Uri? OtelEndpoint { get; init; }

    /// <summary>DNS servers as address:port; the system's own by default.</summary>
    public IReadOnlyList<IPEndPoint> DnsServers { get; init; } = [];

    /// <summary>PEM file of the certificate chain; a self-signed certificate is made in <see cref="Data"/> where none is given.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of the certificate's key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>PEM file of the authorities whose certificates name our users (SASL EXTERNAL); without it no client is asked for a certificate.</summary>
    public string? TlsClientAuthorities { get; init; }

    /// <summary>Folder of more certificates with their keys, in PEM files of any names; chosen by the server name that a client asks for. None by default.</summary>
    public string? TlsFolder { get; init; }

    /// <summary>Networks without delays, bans or rate limits: MAILMESH__INGRESS__EXEMPT__NETWORKS; loopback by default.</summary>
    public required NetworkList ExemptNetworks { get; init; }

    /// <summary>The engines of the mesh; null in standalone on the embedded default.</summary>
    public MeshOptions? Mesh { get; init; }

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static MailMeshOptions From(IConfiguration configuration)
    {
        var settings = new Settings(configuration);
        var defaults = new MailMeshOptions { ExemptNetworks = settings.Networks("Ingress:Exempt:Networks", "127.0.0.0/8, ::1/128") };
        return defaults with
        {
            Hostname = settings.Text("Hostname") ?? defaults.Hostname,
            Data = Path.GetFullPath(settings.Text("Data") ?? defaults.Data),
            PortOffset = (int)settings.Number("PortOffset", 0, 0, 60000),
            OtelEndpoint = settings.Uri("Otel:Endpoint"),
            DnsServers = settings.EndPoints("Dns:Servers"),
            TlsCertificate = settings.Text("Tls:Certificate"),
            TlsKey = settings.Text("Tls:Key"),
            TlsClientAuthorities = settings.Text("Tls:ClientAuthorities"),
            TlsFolder = settings.Text("Tls:Folder"),
            Mesh = MeshOptions.From(settings),
        };
    }
}

/// <summary>Typed reading of configuration; a wrong value is a <see cref="SettingException"/> that names key, value and what the key takes.</summary>
public sealed class Settings(IConfiguration configuration)
{
    /// <summary>The value, or null where it is absent or blank.</summary>
    public string? Text(string key) => configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    public long Number(string key, long @default, long min, long max)
    {
        if (Text(key) is not { } text)
            return @default;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        throw new SettingException(key, text, $"a whole number from {min} to {max}");
    }

    public bool Flag(string key, bool @default)
    {
        if (Text(key) is not { } text)
            return @default;
        return bool.TryParse(text, out var flag) ? flag : throw new SettingException(key, text, "true or false");
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string key, T @default)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
            return @default;
        return Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) && !char.IsAsciiDigit(text[0])
            ? choice
            : throw new SettingException(key, text, string.Join(" or ", Enum.GetNames<T>()).ToLowerInvariant());
    }

    /// <summary>A span of time, as in 00:05:00 or 4.00:00:00 (days.hours:minutes:seconds).</summary>
    public TimeSpan Time(string key, TimeSpan @default)
    {
        if (Text(key) is not { } text)
            return @default;
        // A bare number would be days, and whoever writes 30 means something else.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero
            ? time
            : throw new SettingException(key, text, "a span of time such as 00:05:00");
    }

    public Uri? Uri(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return System.Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : throw new SettingException(key, text, "a URL");
    }

    public NetworkList Networks(string key, string @default)
    {
        var text = Text(key) ?? @default;
        return NetworkList.TryParse(text, out var networks) ? networks : throw new SettingException(key, text, "networks such as 10.0.0.0/8, ::1/128");
    }

    public IReadOnlyList<IPEndPoint> EndPoints(string key) =>
        [.. (Text(key) ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(word => EndPoint(key, word))];

    public IPEndPoint EndPoint(string key, string text) =>
        IPEndPoint.TryParse(text, out var endPoint) ? endPoint : throw new SettingException(key, text, "an address and port such as 127.0.0.1:2525");
}

/// <summary>A setting has a value that it does not take; stops the start.</summary>
public sealed class SettingException : Exception
{
    public SettingException(string key, string value, string takes)
        : base($"Setting {NameOf(key)} is '{value}', but takes {takes}.")
    {
    }

    /// <param name="fault">What is wrong, without the value: for settings that hold secrets.</param>
    public SettingException(string key, string fault)
        : base($"Setting {NameOf(key)} {fault}.")
    {
    }

    /// <summary>A key as the environment writes it.</summary>
    public static string NameOf(string key) => $"MAILMESH__{key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()}";
}
