using System.Diagnostics;

namespace MailMesh.Testing;

/// <summary>Waiting for a condition instead of sleeping, with a deadline that says what did not come.</summary>
public static class Wait
{
    /// <summary>Enough for a loaded machine of two cores; a test that measures a promise names its own.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the condition holds.</summary>
    /// <param name="what">What is waited for, for the reader of a failure.</param>
    /// <param name="condition">Asked again and again; may throw while what it asks is away.</param>
    /// <param name="limit">How long; <see cref="Long"/> where null.</param>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public static Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null) =>
        ForAsync(what, async () => await condition() ? "yes" : null, limit);

    /// <summary>Asks until there is a value.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? limit = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        while (true)
        {
            try
            {
                last = null;
                if (await ask() is { } answer)
                    return answer;
            }
            catch (Exception failure) when (failure is IOException or HttpRequestException or System.Net.Sockets.SocketException or InvalidOperationException)
            {
                last = failure;
            }
            if (watch.Elapsed > (limit ?? Long))
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:F1} s in vain for: {what}.{(last is null ? "" : $" Last failure: {last.Message}")}", last);
            await Task.Delay(Pause);
        }
    }

    /// <summary>Ends a wait that has no time-out of its own.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public static async Task<T> AtMostAsync<T>(string what, Task<T> task, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? Long);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {(limit ?? Long).TotalSeconds:F1} s in vain for: {what}.");
        }
    }
}
