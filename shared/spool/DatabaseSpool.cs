using MailMesh.Contracts;

namespace MailMesh.Spool;

/// <summary>The truth in standalone: a row a message, from before its 250 until every command is settled.</summary>
public sealed class DatabaseSpool : IMessageIntake
{
    public Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken) => throw new NotImplementedException();

    public void Expect(string messageId, int commands) => throw new NotImplementedException();

    public void Settle(string messageId) => throw new NotImplementedException();

    public Task ForgetAsync(string messageId, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task ResubmitAsync(string messageId, CancellationToken cancellationToken) => throw new NotImplementedException();
}
