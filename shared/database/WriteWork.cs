namespace MailMesh.Database;

/// <summary>One caller's statements on their way into a shared write transaction.</summary>
internal abstract class WriteWork(CancellationToken cancellationToken)
{
    /// <summary>Its caller went before it began.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    protected CancellationToken CancellationToken => cancellationToken;

    /// <summary>Runs the statements; what they gave is kept until the transaction is durable.</summary>
    public abstract Task RunAsync(DatabaseSession session);

    public abstract void Succeed();

    public abstract void Fail(Exception failure);

    public abstract void Cancel();
}

/// <inheritdoc/>
internal sealed class WriteWork<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken) : WriteWork(cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Completion => _completion.Task;

    public override async Task RunAsync(DatabaseSession session) => _result = await work(session);

    public override void Succeed() => _completion.TrySetResult(_result);

    public override void Fail(Exception failure) => _completion.TrySetException(failure);

    public override void Cancel() => _completion.TrySetCanceled(CancellationToken);
}
