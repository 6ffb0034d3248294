namespace MailMesh.Blobs;

/// <summary>
/// Runs parsers that read a body synchronously. What lies past its first frame may have to come from an object store, and a read that
/// waits for that blocks its thread: such a parser gets one of its own, so that a slow store takes none from the thread pool.
/// </summary>
public static class SynchronousReading
{
    /// <summary>Such threads at once; the other readers wait without one.</summary>
    private const int MaxThreads = 16;

    private static readonly SemaphoreSlim Threads = new(MaxThreads);

    /// <param name="size">Octets of the body; one of a single frame is in memory once it is open.</param>
    /// <param name="parse">Reads the open body.</param>
    public static async Task<T> RunAsync<T>(long size, Func<T> parse)
    {
        if (size <= BlobRecord.FrameSize)
            return parse();
        await Threads.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(parse, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            Threads.Release();
        }
    }
}
