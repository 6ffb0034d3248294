using MailMesh.Contracts;

namespace MailMesh.Hosting;

/// <summary>The bus in memory: every event is in this process already.</summary>
internal sealed class LocalAccountEvents : IAccountEvents
{
    public event Action<long>? Resumed
    {
        add
        {
            // nothing is ever missed
        }

        remove
        {
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
