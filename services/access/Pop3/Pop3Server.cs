using MailMesh.Accounts;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Pop3;

/// <summary>What all POP3 sessions of the process share.</summary>
internal sealed class Pop3Server(
    MailMeshOptions options, Pop3Options pop3, AccountDirectory accounts, MailboxStore store, MaildropLocks locks, ServerCertificate certificate, TimeProvider clock,
    ILogger<Pop3Server> log)
{
    public MailMeshOptions Options { get; } = options;

    public Pop3Options Pop3 { get; } = pop3;

    public AccountDirectory Accounts { get; } = accounts;

    public MailboxStore Store { get; } = store;

    public MaildropLocks Locks { get; } = locks;

    public ServerCertificate Certificate { get; } = certificate;

    public TimeProvider Clock { get; } = clock;

    public ILogger Log { get; } = log;

    public async Task ServeAsync(WireConnection connection, CancellationToken stopping)
    {
        using var session = new Pop3Session(this, connection, stopping);
        await session.RunAsync();
    }
}
