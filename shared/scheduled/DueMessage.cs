using MailMesh.Contracts;

namespace MailMesh.Scheduled;

/// <summary>A held message whose moment has come.</summary>
public sealed record DueMessage(MessageReceived Message, DateTimeOffset HeldAt);
