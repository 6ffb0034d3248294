namespace MailMesh.Contracts;

/// <summary>The queue of each command; all copies of a service consume from one.</summary>
public static class CommandQueues
{
    /// <summary>Of <see cref="MessageReceived"/>.</summary>
    public const string Filtering = "filtering";

    /// <summary>Of <see cref="DeliverMessage"/>.</summary>
    public const string Storage = "storage";

    /// <summary>Of <see cref="RelayMessage"/>.</summary>
    public const string Relay = "relay";
}
