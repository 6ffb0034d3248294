namespace MailMesh.Outbound;

/// <summary>Where a queue row stands; the values are those of the column.</summary>
public enum QueueState
{
    /// <summary>Waits for its next attempt; due once that moment has come.</summary>
    Deferred = 0,

    /// <summary>A relay works on it until its lease ends.</summary>
    Leased = 1,

    /// <summary>An operator holds it: not tried until released.</summary>
    Held = 2,

    /// <summary>Given up; goes when its notification has been accepted.</summary>
    Failed = 3,
}
