namespace MailMesh.Relay.Client;

/// <summary>RFC 2852: until when a message is to be delivered, and what happens then.</summary>
/// <param name="Moment">Of BY, as it was when the message came.</param>
/// <param name="Mode">N, R, NT or RT.</param>
internal sealed record DeliverBy(DateTimeOffset Moment, string Mode)
{
    /// <summary>Past the moment the message is returned, not delivered.</summary>
    public bool Returns => Mode is ['R', ..];

    /// <summary>The sender hears of each relaying.</summary>
    public bool Traces => Mode is [.., 'T'];

    /// <summary>As a row has it; null where the sender gave none.</summary>
    public static DeliverBy? Of(DateTimeOffset? moment, string? mode) => moment is { } at && mode is not null ? new DeliverBy(at, mode) : null;

    public bool IsOver(DateTimeOffset now) => Moment <= now;

    /// <summary>Whole seconds that are left; negative when the moment has gone.</summary>
    public long SecondsLeft(TimeProvider clock) => (long)Math.Floor((Moment - clock.GetUtcNow()).TotalSeconds);
}
