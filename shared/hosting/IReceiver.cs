namespace MailMesh.Hosting;

/// <summary>Takes what is meant for this copy of a service alone: a reply that a session waits for, an event for those who look now.</summary>
/// <remarks>
/// A broker brings it, and a failure is logged and forgotten. Within one process the sender calls it, without a bus between them: it is quick,
/// and its failure is the sender's.
/// </remarks>
public interface IReceiver<in T>
    where T : class
{
    Task ReceiveAsync(T message, CancellationToken cancellationToken);
}
