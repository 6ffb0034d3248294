namespace MailMesh.Hosting;

/// <summary>Closed until the database has the schema of this version: storage brings it, every other service waits here before it works.</summary>
public sealed class SchemaGate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the schema, for as long as the process runs.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    /// <summary>Why this process, where it brings the schema, could not yet.</summary>
    internal Exception? Fault { get; set; }

    internal void Open() => _open.TrySetResult();
}
