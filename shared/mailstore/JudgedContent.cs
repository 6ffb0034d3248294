using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>A command to deliver and the index of its message, ready for a transaction.</summary>
public sealed class JudgedContent
{
    internal JudgedContent(DeliverMessage message, IndexedContent content)
    {
        Message = message;
        Content = content;
    }

    internal DeliverMessage Message { get; }

    internal IndexedContent Content { get; }
}
