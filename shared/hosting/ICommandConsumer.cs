namespace MailMesh.Hosting;

/// <summary>Carries out the commands of one kind that the bus brings.</summary>
/// <remarks>
/// The command is acknowledged when the task completes, so its effect is durable by then, and doing it once more changes nothing. A failure brings
/// it again.
/// </remarks>
public interface ICommandConsumer<in T>
    where T : class
{
    /// <param name="isRepeated">It may have been begun before, here or in a copy that died.</param>
    Task ConsumeAsync(T command, bool isRepeated, CancellationToken cancellationToken);
}
