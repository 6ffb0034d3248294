namespace MailMesh.Mailstore;

/// <summary>Where one command's recipients ended.</summary>
public sealed record DeliveryOutcome(string MessageId, IReadOnlyList<RecipientOutcome> Recipients);
