using MailMesh.Hosting;

namespace MailMesh.Storage;

/// <summary>Settings of the service: MAILMESH__STORAGE__….</summary>
public sealed record StorageOptions
{
    /// <summary>Deliveries in work at once; as many as one transaction takes.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>Between two sweeps of what is kept for a time.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the key of a delivery is kept, past its settlement: longer than any retry (RFC 5321 §4.5.4.1: 4 to 5 days).</summary>
    public TimeSpan DeliveryRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a message's story can be read.</summary>
    public TimeSpan TrackingRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the UIDs of removed messages are remembered; a client away for longer compares the whole list.</summary>
    public TimeSpan ExpungedRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Between two collections of bodies.</summary>
    public TimeSpan CollectInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long what nothing refers to stays: a body is durable before its reference, and readers hold references for a while.</summary>
    public TimeSpan CollectGrace { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a message may wait on the bus of a mesh, whose queues nobody can ask what they refer to: a younger pack is left as it is.
    /// Well above any outage. In standalone the spool says what is on its way, and error queues can be asked.
    /// </summary>
    public TimeSpan CollectTransit { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Messages are brought into the full-text index; without it SEARCH FUZZY reads every message that it looks into.</summary>
    public bool Index { get; init; } = true;

    /// <summary>Between two turns of indexing.</summary>
    public TimeSpan IndexInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process may have bodies in the journal of a mesh before it is taken for dead and they are written to the object store for it: many times what one that lives takes.</summary>
    public TimeSpan JournalGrace { get; init; } = TimeSpan.FromMinutes(1);

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static StorageOptions From(Settings settings)
    {
        var defaults = new StorageOptions();
        return new StorageOptions
        {
            Concurrency = (int)settings.Number("Storage:Concurrency", defaults.Concurrency, 1, 4096),
            SweepInterval = settings.Time("Storage:SweepInterval", defaults.SweepInterval),
            DeliveryRetention = settings.Time("Storage:DeliveryRetention", defaults.DeliveryRetention),
            TrackingRetention = settings.Time("Storage:TrackingRetention", defaults.TrackingRetention),
            ExpungedRetention = settings.Time("Storage:ExpungedRetention", defaults.ExpungedRetention),
            Index = settings.Flag("Storage:Search:Index", defaults.Index),
            IndexInterval = settings.Time("Storage:Search:Interval", defaults.IndexInterval),
            CollectInterval = settings.Time("Storage:Collect:Interval", defaults.CollectInterval),
            CollectGrace = settings.Time("Storage:Collect:Grace", defaults.CollectGrace),
            JournalGrace = settings.Time("Storage:Journal:Grace", defaults.JournalGrace),
            CollectTransit = settings.Time("Storage:Collect:Transit", defaults.CollectTransit),
        };
    }
}
