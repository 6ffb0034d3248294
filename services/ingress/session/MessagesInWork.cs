namespace MailMesh.Ingress.Session;

/// <summary>Counts the messages that this process holds, those too that a session has given up while an engine still has their octets.</summary>
internal sealed class MessagesInWork
{
    private int _count;

    /// <summary>A place for one more message, to be disposed when nothing of it is held any longer; null where there is none.</summary>
    public IDisposable? TryEnter(int most)
    {
        if (Interlocked.Increment(ref _count) <= most)
            return new Place(this);
        Interlocked.Decrement(ref _count);
        return null;
    }

    private sealed class Place(MessagesInWork all) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                Interlocked.Decrement(ref all._count);
        }
    }
}
