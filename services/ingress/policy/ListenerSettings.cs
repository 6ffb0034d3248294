using MailMesh.Hosting;
using MailMesh.Rates;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>
/// Settings of one listener's policy: of a key Ingress:Policy:KEY the listener's own, Ingress:LISTENER:Policy:KEY, counts where it is given. What is meant
/// for strangers and users does not throttle a server of ours: LMTP has its own keys alone.
/// </summary>
internal sealed class ListenerSettings(Settings settings, SmtpListener listener)
{
    private const string General = "Ingress:Policy:";

    public string Text(string key, string @default) => settings.Text(KeyOf(key)) ?? @default;

    public int Number(string key, int @default, int max) => (int)settings.Number(KeyOf(key), @default, 0, max);

    /// <summary>A span of time; 0 is none.</summary>
    public TimeSpan Time(string key, TimeSpan @default, TimeSpan max)
    {
        var own = KeyOf(key);
        var text = settings.Text(own);
        if (text is null || text.All(c => c is '0' or ':'))
            return text is null ? @default : TimeSpan.Zero;
        var time = settings.Time(own, @default);
        return time <= max ? time : throw new SettingException(own, text, $"a span of time up to {max}");
    }

    public RuleMode Mode(string key, RuleMode @default)
    {
        var own = KeyOf(key);
        return settings.Text(own) is not { } text ? @default : text.ToUpperInvariant() switch
        {
            "OFF" => RuleMode.Off,
            "SCORE" => RuleMode.Score,
            "REJECT" => RuleMode.Reject,
            _ => throw new SettingException(own, text, "off, score or reject"),
        };
    }

    /// <summary>A rate such as 100/minute; 'none' takes away the one of all listeners.</summary>
    public Rate? Rate(string key, Rate? @default)
    {
        var own = KeyOf(key);
        if (settings.Text(own) is not { } text)
            return @default;
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return null;
        return Rates.Rate.TryParse(text, out var rate) ? rate : throw new SettingException(own, text, "a rate such as 100/minute, 500/hour or 2000/day, or none");
    }

    public NetworkList Networks(string key) => settings.Networks(KeyOf(key), "");

    public IReadOnlyList<DnsListZone> Lists(string key)
    {
        var own = KeyOf(key);
        var text = settings.Text(own) ?? "";
        return DnsListZone.TryParseAll(text, out var zones)
            ? zones
            : throw new SettingException(own, text, "DNS lists such as bl.example.org=3, wl.example.org=127.0.0.[2-4]*-2");
    }

    private string KeyOf(string key)
    {
        var own = $"Ingress:{listener.Name}:Policy:{key[General.Length..]}";
        return settings.Text(own) is null && !listener.IsLmtp ? key : own;
    }
}
