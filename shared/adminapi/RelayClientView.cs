namespace MailMesh.AdminApi;

/// <summary>A network whose devices and programs may send to anybody without authentication.</summary>
/// <param name="Network">CIDR notation.</param>
/// <param name="Sender">Stands in for the sender of its mail; null to leave senders as they are.</param>
/// <param name="MessagesPerDay">Most messages of each of its addresses within a day; null for no limit.</param>
public sealed record RelayClientView(string Network, string? Description, string? Sender, long? MessagesPerDay, DateTimeOffset CreatedAt);

/// <param name="Network">An address, or a network in CIDR notation.</param>
public sealed record NewRelayClient(string Network, string? Description = null, string? Sender = null, long? MessagesPerDay = null);
