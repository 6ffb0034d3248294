using MailMesh.Hosting;

namespace MailMesh.Bans;

/// <summary>How many failed logins ban whom for how long, below MAILMESH__BANS__. The defaults of fail2ban and Dovecot's neighbours: ten in ten minutes, a quarter of an hour.</summary>
public sealed record BanOptions
{
    /// <summary>Failed logins of one client network that ban it.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>Failed logins of one account, from all networks together, that ban it. Many more than a network's: a stranger could keep its owner out.</summary>
    public int AccountFailures { get; init; } = 100;

    /// <summary>Within which they are counted.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a ban lasts.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(15);

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static BanOptions From(Settings settings)
    {
        var defaults = new BanOptions();
        return new BanOptions
        {
            Failures = (int)settings.Number("Bans:Failures", defaults.Failures, 1, 1_000_000),
            AccountFailures = (int)settings.Number("Bans:AccountFailures", defaults.AccountFailures, 1, 1_000_000),
            Window = settings.Time("Bans:Window", defaults.Window),
            Time = settings.Time("Bans:Time", defaults.Time),
        };
    }
}
