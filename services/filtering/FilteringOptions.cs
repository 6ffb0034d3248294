using MailMesh.Hosting;

namespace MailMesh.Filtering;

/// <summary>Settings of the service: MAILMESH__FILTERING__….</summary>
public sealed record FilteringOptions
{
    /// <summary>A score from here on files a message as junk; SpamAssassin's default, which operators' habits are built on.</summary>
    public double JunkThreshold { get; init; } = 5;

    /// <summary>More Received fields than this are a loop (RFC 5321 §6.3: at least 100).</summary>
    public int MaxReceived { get; init; } = 100;

    /// <summary>All checks of a message together; below the 20 s for which the session waits for its verdict.</summary>
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True: an SPF fail is refused. By default it only scores, since forwarders break SPF (RFC 7208 §8.4).</summary>
    public bool RejectSpfFail { get; init; }

    /// <summary>Messages in work at once: most wait for DNS, which takes no core.</summary>
    public int Concurrency { get; init; } = 128;

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static FilteringOptions From(Settings settings)
    {
        var defaults = new FilteringOptions();
        return new FilteringOptions
        {
            JunkThreshold = settings.Number("Filtering:JunkThreshold", (long)defaults.JunkThreshold, 1, 1000),
            MaxReceived = (int)settings.Number("Filtering:MaxReceived", defaults.MaxReceived, 1, 10_000),
            CheckTime = settings.Time("Filtering:CheckTime", defaults.CheckTime),
            RejectSpfFail = settings.Flag("Filtering:RejectSpfFail", defaults.RejectSpfFail),
            Concurrency = (int)settings.Number("Filtering:Concurrency", defaults.Concurrency, 1, 4096),
        };
    }
}
