using MailMesh.Hosting;

namespace MailMesh.Spool;

/// <summary>Settings of the spool, read from MAILMESH__SPOOL__….</summary>
public sealed record SpoolOptions
{
    /// <summary>A message that nothing happened to for this long is published again; the span doubles each time. A consumer's own retries end within a minute.</summary>
    public TimeSpan RepublishAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest span between two publications of one message.</summary>
    public TimeSpan RepublishAtMostEvery { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Most unsettled messages in work: past it new ones are refused for now, so that a stalled consumer cannot fill memory.</summary>
    public int MaxUnsettled { get; init; } = 50_000;

    /// <summary>Most messages of an earlier life of the process in work at once after a start.</summary>
    public int ReplayWindow { get; init; } = 1_000;

    /// <summary>How long settled messages gather, so that one transaction removes many.</summary>
    public TimeSpan RemovalDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static SpoolOptions From(Settings settings)
    {
        var defaults = new SpoolOptions();
        return defaults with
        {
            RepublishAfter = settings.Time("Spool:RepublishAfter", defaults.RepublishAfter),
            RepublishAtMostEvery = settings.Time("Spool:RepublishAtMostEvery", defaults.RepublishAtMostEvery),
            MaxUnsettled = (int)settings.Number("Spool:MaxUnsettled", defaults.MaxUnsettled, 100, 10_000_000),
            ReplayWindow = (int)settings.Number("Spool:ReplayWindow", defaults.ReplayWindow, 1, 1_000_000),
        };
    }
}
