using MailMesh.Contracts;

namespace MailMesh.Mailstore;

internal sealed record DeliveryResult(IReadOnlyList<DeliveryOutcome> Outcomes, IReadOnlyList<MailboxChanged> Changed);
