namespace MailMesh.Mailstore;

/// <summary>A refusal that the client can do something about.</summary>
public sealed class MailboxException(MailboxRefusal refusal, string message) : Exception(message)
{
    public MailboxRefusal Refusal { get; } = refusal;
}
