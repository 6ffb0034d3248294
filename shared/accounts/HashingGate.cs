namespace MailMesh.Accounts;

/// <summary>Passwords are hashed by as many threads as there are cores; who waits for longer than ten seconds is turned away.</summary>
internal static class HashingGate
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);
    private static readonly SemaphoreSlim Cores = new(Environment.ProcessorCount);

    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed.</exception>
    public static async Task<T> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken)
    {
        if (!await Cores.WaitAsync(MaxWait, cancellationToken))
            throw new AuthenticationBusyException();
        try
        {
            return hash();
        }
        finally
        {
            Cores.Release();
        }
    }
}
