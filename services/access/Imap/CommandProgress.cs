using System.Globalization;

namespace MailMesh.Access.Imap;

/// <summary>RFC 9585: tells a client that waits for a long command how far it is.</summary>
internal sealed class CommandProgress(ImapWriter writer, TimeProvider clock, string tag)
{
    /// <summary>RFC 9585 §4: no more often than each ten seconds.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _told = clock.GetTimestamp();

    /// <summary>Between replies: tells, when it is time.</summary>
    /// <param name="goal">What <paramref name="done"/> comes to at the end; 0 where neither is known.</param>
    public ValueTask TellAsync(long done = 0, long goal = 0)
    {
        if (clock.GetElapsedTime(_told) < Interval)
            return ValueTask.CompletedTask;
        _told = clock.GetTimestamp();
        var figures = goal == 0 ? "NIL NIL" : string.Create(CultureInfo.InvariantCulture, $"{done} {goal}");
        writer.Untagged($"OK [INPROGRESS (\"{tag}\" {figures})] Still at work");
        return writer.FlushAsync();
    }

    /// <summary>Tells while work lasts that says nothing of itself.</summary>
    public async Task<T> WhileAsync<T>(Task<T> work)
    {
        while (true)
        {
            try
            {
                return await work.WaitAsync(Interval, clock);
            }
            catch (TimeoutException) when (!work.IsCompleted)
            {
                await TellAsync();
            }
        }
    }
}
