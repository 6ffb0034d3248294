using MailMesh.Contracts;

namespace MailMesh.Hosting;

/// <summary>The bus in memory: every event is in this process already.</summary>
internal sealed class LocalAccountEvents : IAccountEvents
{
    public Action<long>? Resumed
    {
        set
        {
            // nothing is ever missed
        }
    }

    public void Follow(long accountId)
    {
        // all events come
    }

    public void Unfollow(long accountId)
    {
        // all events come
    }
}
